package model

import (
	"net/netip"
	"strconv"
	"strings"

	"holdfast/engine/conf"
)

// scanSync reads IF [[inst] INSTANCE [ID]] and the options of the daemons that copy
// connections. An option that is none is passed over, as by keepalived.
func (l *line) scanSync(p *Sync) bool {
	w, ok := l.value()
	if !ok {
		return false
	}
	s := Sync{Interface: w}
	if l.b != nil {
		l.b.mentionInterface(w, l.n.WordSpan(l.at))
	}
	follow := func(name string) bool {
		s.Instance = name
		l.b.mention("instance", name, l.n.WordSpan(l.at))
		return true
	}
	list := l.options(func(w string) bool {
		switch l.at {
		case 2:
			return follow(w)
		case 3: // the number without its word, as older texts have it
			n, err := strconv.ParseUint(w, 10, 8)
			s.ID = Opt[uint8]{uint8(n), err == nil}
			return err == nil && s.Instance != ""
		}
		return false
	})
	for _, o := range list {
		if !o.good {
			continue
		}
		switch w := l.valueOf(o); o.word {
		case "inst":
			l.at = o.end - 1
			follow(w)
		case "id":
			s.ID = Some(uint8(number(w)))
		case "maxlen":
			s.MaxLen = Some(uint16(number(w)))
		case "port":
			s.Port = Some(uint16(number(w)))
		case "ttl":
			s.TTL = Some(uint8(number(w)))
		case "group":
			s.Group = Some(netip.MustParseAddr(w).Unmap())
		}
	}
	l.at = len(l.n.Words)
	*p = s
	return true
}

// String is the argument of lvs_sync_daemon.
func (s Sync) String() string {
	words := []string{conf.Quote(s.Interface)}
	if s.Instance != "" {
		words = append(words, "inst", conf.Quote(s.Instance))
	}
	add := func(word string, n int, written bool) {
		if written {
			words = append(words, word, strconv.Itoa(n))
		}
	}
	add("id", int(s.ID.Val), s.ID.Written)
	add("maxlen", int(s.MaxLen.Val), s.MaxLen.Written)
	add("port", int(s.Port.Val), s.Port.Written)
	add("ttl", int(s.TTL.Val), s.TTL.Written)
	if s.Group.Written {
		words = append(words, "group", s.Group.Val.String())
	}
	return strings.Join(words, " ")
}

// resolveSync fills in what the daemons have where nothing is written. keepalived
// starts none that would follow an instance which is not there, and without one only
// beside a virtual server: it is the checker's process that starts them then.
func resolveSync(o *Opt[Sync], instances []Instance, served bool) {
	s := &o.Val
	if !o.Written {
		return
	}
	for i := range instances {
		if in := &instances[i]; in.Name == s.Instance {
			inherit(&s.ID, in.VRID)
			return
		}
	}
	if s.Instance != "" || !served {
		*o = Opt[Sync]{}
	}
}
