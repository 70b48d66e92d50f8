package model

import (
	"strconv"

	"holdfast/engine/conf"
)

// validate holds a block that was just read against the rules that no single word
// can break, and remembers its names. False means that the block is not kept.
func (b *binder) validate(p any, n *conf.Node) bool {
	b.lintCommands(p, n)
	switch p := p.(type) {
	case *Global:
		b.lintGlobal(p, n)
		b.lintFirewall(p, n)
	case *Script:
		b.lintScript(p, n)
		b.lintOutcome(&p.Command, n)
		return b.fresh(b.names.scripts, p.Name, n)
	case *TrackProcess:
		return b.fresh(b.names.processes, p.Name, n)
	case *TrackFile:
		return b.fresh(b.names.files, p.Name, n)
	case *BFD:
		return b.validateBFD(p, n)
	case *Group:
		return b.validateGroup(p, n)
	case *Instance:
		return b.validateInstance(p, n)
	case *GarpGroup:
		return b.validateGarpGroup(p, n)
	case *Virtual:
		return b.validateVirtual(p, n)
	case *Check:
		return b.validateCheck(p, n)
	case *URL:
		b.lintHost(&p.VirtualHost, n)
		b.lintRegex(p, n)
	case *Real:
		b.lintHost(&p.VirtualHost, n)
	}
	return true
}

// fresh takes a name; a second object of the same name is dropped, as keepalived does.
func (b *binder) fresh(taken map[string]bool, name string, n *conf.Node) bool {
	if taken[name] {
		below := ""
		if at := b.names.where[[2]string{n.Word(0), name}]; before(n.Span(), at) { // inside of this one
			below = strconv.Itoa(at.Line)
		}
		b.report(Warning, "duplicate-name", n.Span(), "Word", n.Word(0), "Name", name, "Below", below)
		return false
	}
	taken[name] = true
	if b.broken {
		if b.names.where == nil {
			b.names.where = map[[2]string]conf.Span{}
		}
		b.names.where[[2]string{n.Word(0), name}] = n.Span()
	}
	return true
}

func (b *binder) validateGroup(g *Group, n *conf.Node) bool {
	if !b.fresh(b.names.groups, g.Name, n) {
		return false
	}
	at := b.spanOf(&g.Members, n)
	switch len(g.Members) {
	case 0:
		b.report(Warning, "empty-group", at, "Name", g.Name)
		return false
	case 1:
		b.report(Note, "group-of-one", at, "Name", g.Name)
	default:
		b.names.pairs = append(b.names.pairs, pair{g.Name, g.Members, at})
	}
	b.weighted(g.Name, map[string][]Track{"script": g.TrackScripts, "process": g.TrackProcesses, "file": g.TrackFiles, "bfd_instance": g.TrackBFDs, "interface": g.TrackInterfaces})
	for i, m := range g.Members {
		if other, ok := b.names.members[m]; ok && other != g.Name {
			b.report(Warning, "member-twice", b.spanOf(&g.Members[i], n), "Name", m, "Group", other)
			continue
		}
		b.names.members[m] = g.Name
	}
	return true
}

func (b *binder) validateCheck(c *Check, n *conf.Node) bool {
	b.lintHost(&c.VirtualHost, n)
	b.lintOutcome(&c.Command, n)
	b.lintCheck(c, n)
	if c.Kind == FileCheck {
		if !c.TrackFile.Written {
			b.report(Warning, "missing-word", n.Words[0].Span(), "Word", "track_file", "Block", string(c.Kind), "Name", "")
			return true
		}
		b.mentionKept("track_file", c.TrackFile.Val, b.spanOf(&c.TrackFile, n))
	}
	if c.Kind == BFDCheck {
		if !c.Session.Written {
			b.report(Warning, "missing-word", n.Span(), "Word", "name", "Block", string(c.Kind), "Name", "")
			return true
		}
		b.mention(string(BFDCheck), c.Session.Val, b.spanOf(&c.Session, n))
	}
	if (c.Kind == HTTPGet || c.Kind == SSLGet) && len(c.URLs) == 0 {
		b.report(Error, "missing-word", n.Span(), "Word", "url", "Block", string(c.Kind), "Name", "")
	}
	return true
}
