package model

import (
	"slices"

	"holdfast/engine/conf"
)

// syncWord is the old word of an instance for the synchronisation of connections,
// and syncNow the one of global_defs that has taken its place.
const syncWord, syncNow = "lvs_sync_daemon_interface", "lvs_sync_daemon"

// syncWish is an instance's wish for the synchronisation of connections.
type syncWish struct {
	sync Sync // in today's words
	at   conf.Span
}

// moveSync takes the old word out of an instance. With that, keepalived numbers the
// daemon 0; with the new one alone it would take the virtual router's number.
func (b *binder) moveSync(in *Instance, n *conf.Node) {
	in.Kept = slices.DeleteFunc(in.Kept, func(i Item) bool {
		if i.Word != syncWord || len(i.Args) == 0 {
			return false
		}
		wish := Sync{Interface: conf.Unquote(i.Args[0]), Instance: in.Name, ID: Some(uint8(0))}
		b.syncs = append(b.syncs, syncWish{wish, b.spanOfWord(n, syncWord)})
		return true
	})
	if len(in.Kept) == 0 {
		in.Kept = nil
	}
}

// spanOfWord is the place of the first statement of a word in a block.
func (b *binder) spanOfWord(n *conf.Node, word string) conf.Span {
	for i := range n.Block.Nodes {
		if in := &n.Block.Nodes[i]; in.Word(0) == word {
			return in.Span()
		}
	}
	return n.Span()
}

// settleSyncs writes down in today's words what instances wish for. There is one
// daemon: that of global_defs, else the first.
func (b *binder) settleSyncs() {
	for _, s := range b.syncs {
		if now := &b.cfg.Global.Sync; now.Written {
			b.report(Warning, "second-sync", s.at, "Word", syncWord, "Value", now.Val.Interface)
		} else {
			*now = Some(s.sync)
		}
	}
}
