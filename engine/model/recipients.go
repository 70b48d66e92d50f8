package model

import (
	"net/netip"
	"slices"
	"strings"

	"holdfast/engine/conf"
)

// recipients reads a line of notification_email that is written as people write
// addresses: with commas or semicolons between them, with names before <ADDRESS>, or
// with remarks in brackets. False means
// that it is not, and each word is an address.
func (l *line) recipients(into any) bool {
	words := l.n.Words[min(l.at+1, len(l.n.Words)):]
	plain := true
	for i := range words {
		w := words[i].Value()
		plain = plain && (words[i].Quoted() || !strings.ContainsAny(w, ",;<>()"))
		if l.b != nil && strings.IndexFunc(w, func(r rune) bool { return r > 0x7e }) >= 0 && strings.Contains(w, "@") {
			l.b.report(Warning, "address-not-ascii", words[i].Span(), "Value", w)
		}
	}
	if plain || l.b == nil {
		return false
	}
	var text strings.Builder
	for i := range words {
		text.WriteString(words[i].Raw + " ")
	}
	found := addressesIn(text.String())
	l.b.report(Warning, "recipients-as-people-write", l.n.Span(), "Value", strings.TrimSpace(text.String()), "Repair", strings.Join(found, " / "))
	l.at = len(l.n.Words)
	for _, a := range found {
		add(l, into, a)
	}
	return true
}

// sender says whether a line of notification_email_from names more than a bare address,
// and reports it: keepalived sends from the first word, be it a name or in brackets.
func (l *line) sender() bool {
	words := l.n.Words[min(l.at, len(l.n.Words)):]
	if len(words) == 0 {
		return false
	}
	text := make([]string, len(words))
	for i := range words {
		text[i] = words[i].Value()
	}
	all := strings.Join(text, " ")
	if !strings.ContainsAny(text[0], " ,;<>()") && (len(words) == 1 || !strings.ContainsAny(all, "@<")) {
		return false
	}
	meant := ""
	for _, a := range addressesIn(all) {
		if strings.Contains(a, "@") {
			meant = a
			break
		}
	}
	if meant == text[0] {
		return false // what stands behind it is surplus
	}
	l.b.report(Warning, "sender-with-name", words[0].Span().To(words[len(words)-1].Span()), "Word", l.name(), "Value", text[0], "Repair", meant)
	return true
}

// addressesIn are the bare addresses of a list such as: ops@a; "NOC, team" <noc@a>.
func addressesIn(text string) []string {
	var found []string
	for _, entry := range entries(text) {
		if _, inside, ok := strings.Cut(entry, "<"); ok {
			entry, _, _ = strings.Cut(inside, ">")
		}
		if name, ok := strings.CutPrefix(entry, `"`); ok && strings.HasSuffix(name, `"`) {
			if entry = strings.TrimSuffix(name, `"`); !strings.Contains(entry, "@") {
				continue // a name alone
			}
		}
		for _, a := range strings.Fields(entry) {
			if !slices.Contains(found, a) {
				found = append(found, a)
			}
		}
	}
	return found
}

// entries are the parts of a list: a comma, a semicolon or an address in angle
// brackets ends one, unless it stands in quotes. What stands in brackets is a remark.
func entries(text string) []string {
	var found []string
	var entry strings.Builder
	quoted, angle, remark := false, false, 0
	ends := func() {
		found = append(found, strings.TrimSpace(entry.String()))
		entry.Reset()
	}
	for _, r := range text {
		switch {
		case r == '"' && remark == 0:
			quoted = !quoted
		case quoted:
		case r == '(' && !angle:
			remark++
		case r == ')' && remark > 0:
			remark--
			continue
		case (r == ',' || r == ';') && !angle && remark == 0:
			ends()
			continue
		case r == '<' || r == '>':
			angle = r == '<'
		}
		if remark > 0 {
			continue
		}
		entry.WriteRune(r)
		if r == '>' && !quoted {
			ends()
		}
	}
	ends()
	return found
}

// lintHost reports a name of a host that cannot be one in a Host header.
func (b *binder) lintHost(host *Opt[string], n *conf.Node) {
	if strings.ContainsAny(host.Val, " \t") {
		at := n.Span()
		if in := last(n, "virtualhost"); in != nil {
			at = in.Span()
		}
		b.report(Warning, "host-with-blanks", at, "Value", host.Val)
	}
}

// broadcastItself reports a broadcast address that is the address itself.
func (l *line) broadcastItself(a Address, list []option) {
	if o, ok := written(list, "brd"); ok && a.Broadcast.Val.Addr == a.Prefix.Addr() && a.Broadcast.Val.Addr != (netip.Addr{}) {
		l.about(o, "broadcast-is-address")
	}
}
