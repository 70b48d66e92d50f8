package model

import (
	"reflect"
	"slices"
)

// Resolve fills in what was not written: inheritance first, then defaults. What
// cannot stand is dropped or changed the way keepalived does it (Parse has said
// so): tracks of unknown scripts, groups without members, virtual servers without
// servers, ports that a forwarding method forbids. The result is what the engine
// runs; every Opt in it holds the value in force. The argument is left alone.
func Resolve(c Config) Config {
	g := &c.Global
	g.Emails = slices.Clone(g.Emails)
	if g.SMTPServer.Written && g.SMTPServer.Val.Port == 0 {
		g.SMTPServer.Val.Port = 25
	}
	resolveGarp(&g.Garp)
	c.Scripts = slices.Clone(c.Scripts)
	for i := range c.Scripts {
		s := &c.Scripts[i]
		inherit(&s.Timeout, s.Interval.Or(readDefaults().script.Interval.Val))
		user(&s.Command, g)
	}
	c.Instances = slices.Clone(c.Instances)
	weights := scriptWeights(c.Scripts)
	for i := range c.Instances {
		resolveInstance(&c.Instances[i], g, weights)
	}
	c.Groups = resolveGroups(c.Groups, c.Instances, g, weights)
	c.Virtuals = resolveVirtuals(c.Virtuals, g)
	fill(readTable(), reflect.ValueOf(&c).Elem())
	return c
}

// inherit gives o a value from above where it has none of its own.
func inherit[T any](o *Opt[T], above T) {
	if !o.Written {
		o.Val = above
	}
}

// inheritOpt is inherit for a value that may be unwritten itself. It says whether
// o has a value now.
func inheritOpt[T any](o *Opt[T], above ...Opt[T]) bool {
	if o.Written {
		return true
	}
	for _, a := range above {
		if a.Written {
			o.Val = a.Val
			return true
		}
	}
	return false
}

// fill puts the table's defaults where nothing was written and nothing inherited.
func fill(blk *block, v reflect.Value) {
	for _, d := range blk.order {
		if d.same {
			for _, sub := range d.subs {
				fill(sub, v)
			}
			continue
		}
		field := v.FieldByIndex(d.field)
		switch {
		case d.subs == nil:
			if d.fallback.IsValid() && field.IsZero() {
				field.Set(d.fallback)
			}
		case field.Kind() == reflect.Struct:
			fill(d.subs[d.word], field)
		default:
			for i := range field.Len() {
				fill(d.blockOf(field.Index(i)), field.Index(i))
			}
		}
	}
}

// user gives a command the identity that script_user names, unwritten. Where
// there is none either, the engine's own rule holds.
func user(c *Command, g *Global) {
	if c.Written() {
		inheritOpt(&c.User, g.ScriptUser)
	}
}

func scriptWeights(scripts []Script) map[string]Weight {
	weights := make(map[string]Weight, len(scripts))
	for _, s := range scripts {
		weights[s.Name] = s.Weight.Val
	}
	return weights
}

// resolveTracks drops tracks of scripts that do not exist and gives the others
// the script's weight; the script's sense also holds for a weight of their own.
func resolveTracks(tracks []Track, weights map[string]Weight) []Track {
	kept := make([]Track, 0, len(tracks))
	for _, t := range tracks {
		w, ok := weights[t.Name]
		if !ok {
			continue
		}
		inherit(&t.Weight, w)
		if own := &t.Weight.Val; !own.Upright {
			own.Reverse = own.Reverse || w.Reverse
		}
		kept = append(kept, t)
	}
	return slices.Clip(kept)
}

// resolveGroups drops members that do not exist or are in a group before, and
// groups that have none left.
func resolveGroups(groups []Group, instances []Instance, g *Global, weights map[string]Weight) []Group {
	free := make(map[string]bool, len(instances))
	for _, in := range instances {
		free[in.Name] = true
	}
	var kept []Group
	for _, gr := range groups {
		var members []string
		for _, m := range gr.Members {
			if free[m] {
				members = append(members, m)
				free[m] = false
			}
		}
		if len(members) == 0 {
			continue
		}
		gr.Members = members
		gr.TrackInterfaces = slices.Clone(gr.TrackInterfaces)
		gr.TrackScripts = resolveTracks(gr.TrackScripts, weights)
		for _, c := range []*Command{&gr.Notify.Master, &gr.Notify.Backup, &gr.Notify.Fault, &gr.Notify.Stop, &gr.Notify.General} {
			user(c, g)
		}
		inheritOpt(&gr.SMTPAlert, g.SMTPAlertVRRP, g.SMTPAlert)
		kept = append(kept, gr)
	}
	unweigh(kept, instances)
	return kept
}

// unweigh takes weighted scripts and interfaces from members of a group: a member
// that lowers itself alone would pull the group apart (keepalived ignores them).
func unweigh(groups []Group, instances []Instance) {
	member := map[string]bool{}
	for _, g := range groups {
		for _, m := range g.Members {
			member[m] = true
		}
	}
	weighted := func(t Track) bool { return t.Weight.Val.N != 0 }
	for i := range instances {
		if in := &instances[i]; member[in.Name] {
			in.TrackScripts = slices.DeleteFunc(in.TrackScripts, weighted)
			in.TrackInterfaces = slices.DeleteFunc(in.TrackInterfaces, weighted)
		}
	}
	for i := range groups {
		groups[i].TrackScripts = slices.DeleteFunc(groups[i].TrackScripts, weighted)
		groups[i].TrackInterfaces = slices.DeleteFunc(groups[i].TrackInterfaces, weighted)
	}
}
