package model

import (
	"net/netip"
	"strconv"
	"strings"

	"holdfast/engine/conf"
)

func address(d *directive, a netip.Addr) string {
	if d.addr == "mask" && a.Is6() {
		return strconv.Itoa(maskBits(a))
	}
	return a.String()
}

func command(d *directive, c Command) string {
	if c.User.Written && d.block.words["user"] == nil {
		return conf.QuoteCommand(c.Line) + c.User.Val.behind()
	}
	return conf.QuoteCommand(c.Line)
}

// behind is the user as it stands behind a command.
func (u User) behind() (words string) {
	for _, w := range []string{u.Name, u.Group} {
		if w != "" {
			words += " " + conf.QuoteCommand(w)
		}
	}
	return words
}

func codes(list []CodeRange) string {
	out := make([]string, len(list))
	for i, r := range list {
		if out[i] = strconv.Itoa(r.From); r.To != r.From {
			out[i] += "-" + strconv.Itoa(r.To)
		}
	}
	return strings.Join(out, " ")
}

// String is the weight as keepalived.conf writes it: "-20", "5 reverse".
func (w Weight) String() string {
	switch s := strconv.Itoa(w.N); {
	case w.Reverse:
		return s + " reverse"
	case w.Upright:
		return s + " noreverse"
	default:
		return s
	}
}

// String is USER or USER GROUP.
func (u User) String() string {
	if u.Group == "" {
		return conf.Quote(u.Name)
	}
	return conf.Quote(u.Name) + " " + conf.Quote(u.Group)
}

// String is ADDRESS or ADDRESS PORT.
func (e Endpoint) String() string {
	if e.Port == 0 {
		return e.Addr.String()
	}
	return e.Addr.String() + " " + strconv.Itoa(int(e.Port))
}

// String is HOST or HOST PORT.
func (s SMTPServer) String() string {
	if s.Port == 0 {
		return conf.Quote(s.Host)
	}
	return conf.Quote(s.Host) + " " + strconv.Itoa(int(s.Port))
}

// String is the line of virtual_ipaddress.
func (a Address) String() string {
	s := a.Prefix.String()
	if a.Dev != "" {
		s += " dev " + conf.Quote(a.Dev)
	}
	if a.Label != "" {
		s += " label " + conf.Quote(a.Label)
	}
	if a.Broadcast.Written {
		s += " brd " + a.Broadcast.Val.String()
	}
	if a.Scope.Written {
		s += " scope " + ScopeName(a.Scope.Val)
	}
	if a.TrackGroup != "" {
		s += " track_group " + conf.Quote(a.TrackGroup)
	}
	if a.NoTrack {
		s += " no_track"
	}
	if a.VMAC {
		s += " use_vmac"
	}
	if a.Peer.IsValid() {
		s += " peer " + a.Peer.String()
	}
	if a.Preferred != "" {
		s += " preferred_lft " + a.Preferred
	}
	if a.Detect {
		s += " -nodad"
	}
	if a.Flags != "" {
		s += " " + a.Flags
	}
	return s
}

// String is the argument of brd.
func (b Broadcast) String() string {
	switch {
	case b.Ones:
		return "+"
	case b.Zeros:
		return "-"
	}
	return b.Addr.String()
}

// ScopeName is the argument of scope: the name that iproute2 and keepalived have for
// an RT_SCOPE_*, else its number.
func ScopeName(n uint8) string {
	for _, name := range []string{"global", "site", "link", "host", "nowhere"} {
		if scopes[name] == n {
			return name
		}
	}
	return strconv.Itoa(int(n))
}

// String is the line of a track block.
func (t Track) String() string {
	s := conf.Quote(t.Name)
	if t.Weight.Written {
		s += " weight " + t.Weight.Val.String()
	}
	return s
}

// Equal says whether two configurations were written alike.
func Equal(a, b Config) bool { return Print(a) == Print(b) }
