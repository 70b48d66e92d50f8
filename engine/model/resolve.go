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
	virtuals := slices.Clone(c.Virtuals)
	for i := range virtuals {
		v := &virtuals[i]
		v.Servers = slices.Clone(v.Servers)
		for j := range v.Servers {
			r := &v.Servers[j]
			r.Checks = slices.Clone(r.Checks)
			for k := range r.Checks {
				r.Checks[k].URLs = slices.Clone(r.Checks[k].URLs)
			}
		}
	}
	c.Virtuals = virtuals
	return ResolveOwn(c)
}

// ResolveOwn is Resolve for a configuration that nobody else has: its virtual servers
// are resolved where they are, which a hundred thousand real servers need no room for.
func ResolveOwn(c Config) Config {
	g := &c.Global
	g.Emails = slices.Clone(g.Emails)
	if g.SMTPServer.Written && g.SMTPServer.Val.Port == 0 {
		g.SMTPServer.Val.Port = 25
	}
	g.Garp = inheritGarp(g.Garp, g.garp())
	c.Scripts, c.Processes, c.Files = slices.Clone(c.Scripts), slices.Clone(c.Processes), slices.Clone(c.Files)
	for i := range c.Scripts {
		s := &c.Scripts[i]
		inherit(&s.Timeout, s.Interval.Or(readDefaults().script.Interval.Val))
		user(&s.Command, g)
	}
	c.Instances = slices.Clone(c.Instances)
	for i := range c.Processes {
		resolveProcess(&c.Processes[i])
	}
	weights := weightsOf(c)
	c.BFDs = resolveBFDs(c.BFDs)
	for i := range c.Instances {
		resolveInstance(&c.Instances[i], g, weights)
	}
	resolveStatic(&c)
	resolveSync(&g.Sync, c.Instances, c.Served)
	c.Groups = resolveGroups(c.Groups, c.Instances, g, weights)
	c.Virtuals = resolveVirtuals(c.Virtuals, g, subjects{sessionsOfChecks(c.BFDs), weights.file}, serverGroups(c.Kept))
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
	for _, d := range blk.filled {
		if d.same {
			for _, sub := range d.subs {
				fill(sub, v)
			}
			continue
		}
		field := v.FieldByIndex(d.field)
		switch {
		case d.subs == nil:
			if field.IsZero() {
				field.Set(d.fallback)
			}
		case field.Kind() == reflect.Struct:
			fill(d.subs[d.word], field)
		default:
			for i := range field.Len() {
				if v, is := field.Index(i).Addr().Interface().(*Virtual); is && v.resolved {
					continue // it is shared
				}
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

// weights are what tracked things add by themselves, by their names.
type weights struct{ script, process, file, session map[string]Weight }

func weightsOf(c Config) weights {
	w := weights{map[string]Weight{}, map[string]Weight{}, map[string]Weight{}, bfdWeights(c.BFDs)}
	for _, s := range c.Scripts {
		w.script[s.Name] = s.Weight.Val
	}
	for _, p := range c.Processes {
		w.process[p.Name] = p.Weight.Val
	}
	for _, f := range c.Files {
		w.file[f.Name] = f.Weight.Val
		if !f.Weight.Written {
			w.file[f.Name] = readDefaults().file.Weight.Val
		}
	}
	return w
}

// resolveProcess gives each delay its value: delay stands for both.
func resolveProcess(p *TrackProcess) {
	if p.Delay.Written {
		inherit(&p.ForkDelay, p.Delay.Val)
		inherit(&p.TerminateDelay, p.Delay.Val)
	}
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
func resolveGroups(groups []Group, instances []Instance, g *Global, weights weights) []Group {
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
		gr.TrackScripts = resolveTracks(gr.TrackScripts, weights.script)
		gr.TrackProcesses = resolveTracks(gr.TrackProcesses, weights.process)
		gr.TrackFiles = resolveTracks(gr.TrackFiles, weights.file)
		gr.TrackBFDs = resolveTracks(gr.TrackBFDs, weights.session)
		for _, c := range []*Command{&gr.Notify.Master, &gr.Notify.Backup, &gr.Notify.Fault, &gr.Notify.Stop, &gr.Notify.General} {
			user(c, g)
		}
		inheritOpt(&gr.SMTPAlert, g.SMTPAlertVRRP, g.SMTPAlert)
		lendPriorityChanges(&gr, instances)
		inheritOpt(&gr.PriorityChanges, g.PriorityChanges)
		kept = append(kept, gr)
	}
	unweigh(kept, instances)
	return kept
}

// unweigh takes weighted tracks from members of a group: a member that lowers itself
// alone would pull the group apart (keepalived ignores them, too), unless
// sync_group_tracking_weight asks for it.
func unweigh(groups []Group, instances []Instance) {
	member := map[string]bool{}
	for _, g := range groups {
		for _, m := range g.Members {
			member[m] = !g.Weights
		}
	}
	weighted := func(t Track) bool { return t.Weight.Val.N != 0 }
	for i := range instances {
		if in := &instances[i]; member[in.Name] {
			for _, list := range []*[]Track{&in.TrackScripts, &in.TrackInterfaces, &in.TrackProcesses, &in.TrackFiles, &in.TrackBFDs} {
				*list = slices.DeleteFunc(*list, weighted)
			}
		}
	}
	for i := range groups {
		if g := &groups[i]; !g.Weights {
			for _, list := range []*[]Track{&g.TrackScripts, &g.TrackInterfaces, &g.TrackProcesses, &g.TrackFiles, &g.TrackBFDs} {
				*list = slices.DeleteFunc(*list, weighted)
			}
		}
	}
}

func resolveInstance(in *Instance, g *Global, weights weights) {
	inheritOpt(&in.StrictMode, Opt[bool]{Val: g.Strict, Written: true})
	if in.StrictMode.Val {
		beStrict(in)
	}
	in.NoAccept = in.drops(g)
	in.Master = in.Master && !in.signed(g)
	in.Master, in.Priority = startingRole(*in)
	inherit(&in.Advert, readDefaults().instance.Advert.Val)
	resolveVersion(in, g)
	if !in.AuthType.Written || !in.Password.Written {
		in.AuthType, in.Password = Opt[string]{}, Opt[Secret]{}
	}
	resolveSigning(in)
	if !inheritOpt(&in.McastGroup, g.McastGroup4) {
		in.McastGroup.Val = readDefaults().global.McastGroup4.Val
	}
	six := in.IPv6()
	in.Peers = slices.DeleteFunc(slices.Clone(in.Peers), func(p Peer) bool { return p.Addr.Is6() != six })
	if !in.UnicastTTL.Written && !six {
		in.UnicastTTL.Val = 255
	}
	in.Promote = in.Promote && !in.VMAC.Written
	in.Addrs = resolveAddresses(in.Addrs, in.Interface)
	in.Excluded = resolveAddresses(in.Excluded, in.Interface)
	in.Routes, in.Rules, in.Depends = slices.Clone(in.Routes), slices.Clone(in.Rules), nil
	if in.Master {
		// A master by configuration takes over at once or never.
		in.NoPreempt = false
	}
	if in.Master || in.NoPreempt {
		in.PreemptDelay.Val = 0
	}
	in.TrackInterfaces = slices.Clone(in.TrackInterfaces)
	in.TrackScripts = resolveTracks(in.TrackScripts, weights.script)
	in.TrackProcesses = resolveTracks(in.TrackProcesses, weights.process)
	in.TrackFiles = resolveTracks(in.TrackFiles, weights.file)
	in.TrackBFDs = resolveTracks(in.TrackBFDs, weights.session)
	in.Garp = inheritGarp(in.Garp, g.garp())
	for _, c := range []*Command{&in.Notify.Master, &in.Notify.Backup, &in.Notify.Fault, &in.Notify.Stop,
		&in.Notify.General, &in.NotifyRxLower, &in.NotifyDeleted.Val} {
		user(c, g)
	}
	inheritOpt(&in.HigherPrioAdvert, g.HigherPrioAdvert)
	inheritOpt(&in.GarpElsewhere, g.GarpElsewhere)
	inheritOpt(&in.LowerPrioNoAdv, g.LowerPrioNoAdv)
	if !inheritOpt(&in.DownTimerAdverts, g.DownTimerAdverts) {
		in.DownTimerAdverts.Val = readDefaults().instance.DownTimerAdverts.Val
	}
	inheritOpt(&in.PlainChecksum, g.PlainChecksum)
	inheritOpt(&in.PriorityChanges, g.PriorityChanges)
	inheritOpt(&in.OwnerIgnores, g.OwnerIgnores)
	inheritOpt(&in.SMTPAlert, g.SMTPAlertVRRP, g.SMTPAlert)
}

// startingRole gives the priority in force and whether the instance wishes to
// start as master: state MASTER alone makes it the owner of the addresses, and
// the owner always starts as master.
func startingRole(in Instance) (bool, Opt[uint8]) {
	p := in.Priority
	p.Val = in.priority()
	return in.Master || p.Val == ownerPriority, p
}

func resolveAddresses(addrs []Address, link string) []Address {
	addrs = slices.Clone(addrs)
	for i := range addrs {
		if addrs[i].Dev == "" {
			addrs[i].Dev = link
		}
	}
	return addrs
}

func resolveVirtuals(virtuals []Virtual, g *Global, names subjects, groups map[string][]Item) []Virtual {
	virtuals = slices.DeleteFunc(virtuals, func(v Virtual) bool { return len(v.Servers) == 0 })
	var common commonOptions
	for i := range virtuals {
		if !virtuals[i].resolved {
			resolveVirtual(&virtuals[i], g, names, &common)
		}
		if v := &virtuals[i]; !v.standFor(groups) {
			v.Ends = nil
		}
	}
	return slices.DeleteFunc(virtuals, func(v Virtual) bool { return v.Of.Group != "" && len(v.Ends) == 0 })
}

func resolveVirtual(v *Virtual, g *Global, names subjects, common *commonOptions) {
	written := *v
	none := readDefaults()
	inherit(&v.Protocol, none.virtual.Protocol.Val)
	inherit(&v.Method, none.virtual.Method.Val)
	inherit(&v.Weight, none.virtual.Weight.Val)
	inherit(&v.Inhibit, false)
	if v.Granularity.Written || v.Port == 0 && v.Of == (VirtualOf{}) {
		// Both make no sense without persistence; keepalived switches it on.
		inherit(&v.Persistence, none.persists)
	}
	inherit(&v.Quorum, none.virtual.Quorum.Val)
	v.Quorum.Val = min(v.Quorum.Val, v.totalWeight())
	v.Hysteresis.Val = max(0, min(v.Hysteresis.Val, v.Quorum.Val-1))
	inherit(&v.SorryMethod, v.Method.Val)
	if v.Sorry.Written && (v.Sorry.Val.Port == 0 || v.SorryMethod.Val.Way() != NAT) {
		v.Sorry.Val.Port = v.Port
	}
	inheritOpt(&v.SMTPAlert, g.SMTPAlertChecker, g.SMTPAlert)
	if !inheritOpt(&v.ShareChecks, g.ShareChecks) {
		v.ShareChecks.Val = true
	}
	user(&v.QuorumUp, g)
	user(&v.QuorumDown, g)
	for i := range v.Servers {
		v.Servers[i].Checks = names.withNamed(v.Servers[i].Checks)
		resolveReal(&v.Servers[i], &written, v, g, common)
	}
	resolveTiming(&v.Timing, none.virtual.Timing)
}

// resolveReal takes from the virtual server as written what checks inherit, and
// from the resolved one the rest.
func resolveReal(r *Real, written, v *Virtual, g *Global, common *commonOptions) {
	own := r.ServerOptions
	common.begin(r)
	*r.ServerOptions = *own

	asked := r.Port // a check asks the port that is written, whichever the kernel is told
	if r.Port == 0 || r.Method.Or(v.Method.Val).Way() != NAT && v.Port != 0 {
		r.Port = v.Port
	}
	inherit(&r.Method, v.Method.Val)
	inherit(&r.Weight, v.Weight.Val)
	inherit(&r.Inhibit, v.Inhibit.Val)
	inherit(&r.Alpha, v.Alpha)
	if !inheritOpt(&r.SMTPAlert, g.SMTPAlertChecker, g.SMTPAlert) {
		r.SMTPAlert.Val = true
	}
	user(&r.NotifyUp, g)
	user(&r.NotifyDown, g)
	above := over(r.Timing, written.Timing)
	host := r.VirtualHost
	inheritOpt(&host, written.VirtualHost)
	r.Checks = withHosts(r.Checks)
	for i := range r.Checks {
		resolveCheck(&r.Checks[i], r, asked, above, g)
		for j := range r.Checks[i].URLs {
			u := &r.Checks[i].URLs[j]
			inheritOpt(&u.VirtualHost, r.Checks[i].VirtualHost)
			if u.VirtualHost.Val == "" {
				u.VirtualHost.Val = host.Val
			}
		}
		if r.Checks[i].VirtualHost.Val == "" {
			r.Checks[i].VirtualHost.Val = host.Val
		}
	}
	r.VirtualHost.Val = host.Val
	r.Timing = withDefaults(r.Timing, above)
	common.share(r)
}

func resolveCheck(c *Check, r *Real, asked uint16, above Timing, g *Global) {
	inherit(&c.Alpha, r.Alpha.Val)
	inheritOpt(&c.LogFailures, g.LogFailures)
	if asked == 0 {
		asked = r.Port // keepalived asks port 0, in vain
	}
	c.Target = Endpoint{Addr: c.ConnectIP.Or(r.Addr), Port: c.ConnectPort.Or(asked)}
	c.ConnectIP.Val, c.ConnectPort.Val = c.Target.Addr, c.Target.Port
	t := over(c.Timing, above)
	d := readDefaults().checks[c.Kind]
	if c.Kind == DNSCheck {
		d.DelayBeforeRetry.Val = t.DelayLoop.Or(d.DelayLoop.Val)
	}
	d.Warmup.Val = t.DelayLoop.Or(d.DelayLoop.Val)
	own := c.Timing
	c.Timing = t
	resolveTiming(&c.Timing, d)
	keepWritten(&c.Timing, own)
	if !c.Asks() {
		c.Timing = Timing{} // nothing is retried: a session has its own multiplier
	}
	if c.Kind == FileCheck {
		c.Alpha.Val = false // what a file holds is known at once
	}
	inherit(&c.MiscTimeout, c.Timing.DelayLoop.Val)
	user(&c.Command, g)
}
