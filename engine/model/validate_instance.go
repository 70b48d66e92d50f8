package model

import (
	"slices"

	"holdfast/engine/conf"
)

func (b *binder) validateInstance(in *Instance, n *conf.Node) bool {
	if !b.fresh(b.names.instances, in.Name, n) {
		return false
	}
	b.moveSync(in, n)
	if _, tried := b.at(&in.Priority); tried && !in.Priority.Written {
		in.Priority = Some[uint8](defaultPriority) // as keepalived does, also where the state is MASTER
	}
	b.validateIdentity(in, n)
	if in.Interface == "lo" {
		b.report(Warning, "loopback", b.spanOf(&in.Interface, n), "Name", in.Name)
	}
	b.validatePreemption(in, n)
	b.lintFamily(in, n)
	b.validateAddresses(in, n)
	b.validatePeers(in, n)
	b.validateVersion(in, n)
	b.validateAccept(in, n)
	b.weighted(in.Name, map[string][]Track{"script": in.TrackScripts, "process": in.TrackProcesses, "file": in.TrackFiles, "bfd_instance": in.TrackBFDs, "interface": in.TrackInterfaces})
	b.lintKept(in, n)
	b.lintStrict(in, n)
	b.lintInstance(in, n)
	for i := range in.TrackInterfaces {
		t := &in.TrackInterfaces[i]
		b.names.instanceLinks = append(b.names.instanceLinks, trackedLink{owner: in.Name, name: t.Name, at: b.spanOf(t, n)})
		if t.Name == in.Interface {
			b.report(Note, "own-interface", b.spanOf(t, n), "Name", t.Name)
		}
	}
	if _, tried := b.at(&in.Password); in.AuthType.Written && !in.Password.Written && !tried {
		b.report(Warning, "no-password", b.spanOf(&in.AuthType, n), "Name", in.Name)
	}
	b.validateSigning(in, n)
	if _, tried := b.at(&in.AuthType); in.Password.Written && !tried {
		b.report(Warning, "no-auth-type", b.spanOf(&in.Password, n), "Name", in.Name)
	}
	return true
}

func (b *binder) validatePreemption(in *Instance, n *conf.Node) {
	switch {
	case in.NoPreempt && in.Master:
		b.report(Warning, "nopreempt-master", b.spanOf(&in.NoPreempt, n), "Name", in.Name)
	case in.NoPreempt && in.priority() == ownerPriority:
		b.report(Warning, "nopreempt-owner", b.spanOf(&in.NoPreempt, n), "Name", in.Name)
	}
	switch {
	case in.PreemptDelay.Val > 0 && in.Master:
		b.report(Warning, "preempt-delay-master", b.spanOf(&in.PreemptDelay, n), "Name", in.Name)
	case in.PreemptDelay.Val > 0 && in.NoPreempt:
		b.report(Warning, "preempt-delay-nopreempt", b.spanOf(&in.PreemptDelay, n), "Name", in.Name)
	}
}

func (b *binder) validateAddresses(in *Instance, n *conf.Node) {
	if len(in.Addrs) == 0 && last(n, "no_virtual_ipaddress") == nil && !b.hasLines(n, "virtual_ipaddress") { // what is wrong with the lines has been said
		b.report(Warning, "no-address", n.Span(), "Name", in.Name)
	}
	seen := map[string]bool{}
	for _, list := range []*[]Address{&in.Addrs, &in.Excluded} {
		for i, a := range *list {
			ip := a.Prefix.Addr()
			at := b.spanOf(&(*list)[i], n)
			if seen[ip.String()] {
				b.report(Warning, "duplicate-address", at, "Name", in.Name, "Value", ip.String())
			}
			if list == &in.Addrs && ip.Is6() != in.Addrs[0].Prefix.Addr().Is6() {
				b.report(Warning, "mixed-instance", at, "Name", in.Name, "Value", ip.String())
			}
			seen[ip.String()] = true
		}
	}
}

// hasLines says whether a block has one of that word with something in it.
func (b *binder) hasLines(n *conf.Node, word string) bool {
	return slices.ContainsFunc(n.Block.Nodes, func(in conf.Node) bool {
		return in.Word(0) == word && in.Block != nil && len(in.Block.Nodes) > 0
	})
}
