package model

import (
	"strconv"

	"holdfast/engine/conf"
)

// keptTrack is what an instance or a group tracks by a word that is not acted on.
type keptTrack struct {
	owner, kind, name, weight string
	at                        conf.Span
}

// trackedBy are the words of tracks that are not acted on, and the blocks whose names
// their lines are, with the weight that these have by themselves.
var trackedBy = map[string]struct{ block, weight string }{
	"track_file":    {"track_file", "1"},
	"track_process": {"vrrp_track_process", "0"},
}

// keptTracks takes note of the tracks in a block whose words are not acted on.
func (b *binder) keptTracks(owner string, n *conf.Node) {
	for i := range n.Block.Nodes {
		in := &n.Block.Nodes[i]
		kind := in.Word(0)
		if kind == "vrrp_track_file" {
			kind = "track_file"
		}
		if _, ok := trackedBy[kind]; !ok || in.Block == nil {
			continue
		}
		for j := range in.Block.Nodes {
			if line := &in.Block.Nodes[j]; len(line.Words) > 0 {
				t := keptTrack{owner: owner, kind: kind, name: line.Word(0), at: line.Span()}
				if line.Word(1) == "weight" {
					t.weight = line.Word(2)
				}
				b.names.keptTracks = append(b.names.keptTracks, t)
			}
		}
	}
}

// lintKeptTracks reports weights that cannot change a priority.
func (b *binder) lintKeptTracks() {
	weights := map[[2]string]string{}
	for _, i := range b.cfg.Kept {
		for _, in := range i.Lines {
			if in.Word == "weight" && len(i.Args) > 0 && len(in.Args) > 0 {
				weights[[2]string{i.Word, conf.Unquote(i.Args[0])}] = in.Args[0]
			}
		}
	}
	for _, t := range b.names.keptTracks {
		by := trackedBy[t.kind]
		weight := t.weight
		if weight == "" {
			weight = by.weight
			if own, ok := weights[[2]string{by.block, t.name}]; ok {
				weight = own
			}
		}
		n, err := strconv.Atoi(weight)
		if err != nil || n == 0 {
			continue
		}
		group := b.names.members[t.owner]
		switch {
		case b.weighs(group) || b.weighs(t.owner):
		case group != "" || b.names.groups[t.owner]:
			b.report(Warning, "weight-in-group", t.at, "Name", t.name, "Owner", t.owner)
		case b.names.lint.priorities[t.owner] == ownerPriority:
			b.report(Warning, "weight-of-owner", t.at, "Name", t.name, "Owner", t.owner)
		}
	}
}

// weighs says whether a sync group lets weights change the priorities of its members.
func (b *binder) weighs(group string) bool {
	for i := range b.cfg.Groups {
		if g := &b.cfg.Groups[i]; g.Name == group && group != "" {
			for _, k := range g.Kept {
				if k.Word == "sync_group_tracking_weight" || k.Word == "global_tracking" {
					return true
				}
			}
		}
	}
	return false
}

// lintTrackedTwice reports an interface that an instance tracks, and its sync group,
// too.
func (b *binder) lintTrackedTwice() {
	tracked := map[[2]string]bool{} // group, interface
	for i := range b.cfg.Groups {
		for _, t := range b.cfg.Groups[i].TrackInterfaces {
			tracked[[2]string{b.cfg.Groups[i].Name, t.Name}] = true
		}
	}
	for _, w := range b.names.instanceLinks {
		if group := b.names.members[w.owner]; tracked[[2]string{group, w.name}] {
			b.report(Warning, "tracked-twice", w.at, "Name", w.name, "Owner", w.owner, "Group", group)
		}
	}
}
