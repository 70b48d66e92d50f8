package model

import (
	"net/netip"
	"reflect"
	"strings"

	"holdfast/engine/conf"
)

// The rules in this file are about texts that are correct and yet hardly meant.
// Their findings can be silenced by a comment (see allow.go).

// lint is what the rules remember until the whole text has been read.
type lint struct {
	programs   map[string]Program
	unsafe     []unsafeProgram
	priorities map[string]uint8 // instance -> where it is written or follows from the state
	fields     map[reflect.Type][][]int
	commands   []placedCommand      // that a role runs by itself
	first      *conf.Span           // of the first command that a role runs by itself
	userless   *conf.Span           // of the first command that names no user
	users      map[string]bool      // that were looked up
	defined    map[string]conf.Span // script -> where
	addresses  []virtualAddress
}

// lintWhole holds the whole text against the rules that no block alone can break.
func (b *binder) lintWhole(weights weights) {
	b.lintRouters(b.cfg.Global.McastGroup4.Or(readDefaults().global.McastGroup4.Val))
	b.lintVersions()
	b.lintStrictMode()
	b.lintLenient()
	b.lintDelays()
	b.lintTrackedTwice()
	b.lintGroups()
	b.lintOrder()
	b.lintRoom(weights)
	b.lintAccounts()
	b.lintAddresses()
}

// lintVirtual reports what a hash does with servers of weight 0, servers that nobody
// checks, a sorry server that is one of the servers, and checks that may still wait when
// the next is due.
func (b *binder) lintVirtual(v *Virtual, n *conf.Node) {
	b.lintHash(v, n)
	for _, p := range b.places[b.base:] {
		r, ok := p.field.(*Real)
		if !ok {
			continue
		}
		if len(r.Checks) == 0 && !b.onlyCounted(Note, "server-without-check") {
			b.report(Note, "server-without-check", p.n.Span(), "Name", called(p.n))
		}
		if v.Sorry.Written && r.Addr == v.Sorry.Val.Addr && r.Port == v.Sorry.Val.Port {
			b.report(Warning, "sorry-is-server", b.spanOf(&v.Sorry, n), "Name", v.Sorry.Val.String())
		}
		for i := range r.Checks {
			if !r.Checks[i].Asks() {
				continue
			}
			check, server, virtual := &r.Checks[i].Timing, &r.Timing, &v.Timing
			loop := innermost(check.DelayLoop, server.DelayLoop, virtual.DelayLoop)
			wait := innermost(check.ConnectTimeout, server.ConnectTimeout, virtual.ConnectTimeout).Or(readDefaults().virtual.Timing.ConnectTimeout.Val)
			if loop.Written && wait > loop.Val {
				b.report(Note, "check-outlasts-loop", p.n.Span(), "Name", called(p.n),
					"Wait", wait.String(), "Loop", loop.Val.String())
				break
			}
		}
	}
}

// innermost is the first of the values that is written, from the check outwards.
func innermost(check, server, virtual Opt[Seconds]) Opt[Seconds] {
	switch {
	case check.Written:
		return check
	case server.Written:
		return server
	}
	return virtual
}

// isAddress says whether a host needs no looking up.
func isAddress(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}

// hostCharacters are those of addresses and names.
const hostCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:-_"

// lintGlobal reports mails that cannot go anywhere.
func (b *binder) lintGlobal(g *Global, n *conf.Node) {
	if len(g.Emails) > 0 && !g.SMTPServer.Written {
		b.report(Warning, "mail-without-server", b.spanOf(&g.Emails, n))
	}
	switch host := g.SMTPServer.Val.Host; {
	case strings.Trim(host, hostCharacters) != "":
		b.report(Warning, "bad-host", b.spanOf(&g.SMTPServer, n), "Value", host)
	case g.SMTPServer.Written && !isAddress(host):
		b.report(Note, "mail-server-by-name", b.spanOf(&g.SMTPServer, n), "Value", host)
	}
	if g.ScriptUser.Written {
		b.lintUser(g.ScriptUser.Val.Name, b.spanOf(&g.ScriptUser, n))
	}
}

// lintGroups reports groups whose members disagree about preemption: one would
// take over and find the other unwilling.
func (b *binder) lintGroups() {
	for _, p := range b.names.pairs {
		first, rest := p.members[0], p.members[1:]
		for _, m := range rest {
			want, ok1 := b.names.preempts[first]
			got, ok2 := b.names.preempts[m]
			if ok1 && ok2 && want != got {
				b.report(Warning, "preemption-differs", p.at, "Name", p.name, "Member", m, "Other", first)
				break
			}
		}
	}
}
