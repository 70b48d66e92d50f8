package model

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"unicode"

	"holdfast/engine/conf"
)

// What hands used to other languages type, or what a page pasted from brings along.

// strangeMark is what begins a comment in another language, where w begins with it,
// or "".
func strangeMark(w string) string {
	for _, m := range []string{"//", "/*", "--", ";"} {
		if strings.HasPrefix(w, m) {
			return m
		}
	}
	return ""
}

// escaped reports a comment character that a backslash makes a letter of, here and
// in the manual of newer releases.
func (b *binder) escaped(n *conf.Node) {
	for i := range n.Words {
		t := &n.Words[i]
		if at := strings.IndexByte(t.Raw, '\\'); at >= 0 && !t.Quoted() && (strings.Contains(t.Raw, `\!`) || strings.Contains(t.Raw, `\#`)) {
			b.report(Warning, "escaped-mark", t.Span(), "Word", n.Word(0))
		}
	}
}

// oddBlank says whether a character looks like a blank, or like nothing, and is
// a part of a word for keepalived.
func oddBlank(r rune) bool {
	return r > unicode.MaxASCII && (unicode.IsSpace(r) || unicode.Is(unicode.Cf, r))
}

// oddBlankIn is the name of the first such character.
func oddBlankIn(w string) string {
	i := strings.IndexFunc(w, oddBlank)
	for _, r := range w[i:] {
		return fmt.Sprintf("U+%04X", r)
	}
	return ""
}

// oddQuotes are quotes of a printed page, which are letters in a text of ours.
const oddQuotes = "\u201c\u201d\u2018\u2019\uff02"

// punctuation ends a value in other languages, and in the full-width forms of an
// input method.
const punctuation = ";,:\uff1b\uff0c\uff1a\u3002\u3001"

// numberMeant is the number that was probably meant by w, behind which another word
// stands, or "".
func numberMeant(w, next string) string {
	if w == "=" && isNumber(next) {
		return next
	}
	if i := strings.IndexAny(w, punctuation); i > 0 && isNumber(w[:i]) {
		return w[:i]
	}
	if s := strings.TrimRight(w, "s"); s != w && isNumber(s) {
		return s
	}
	if n, err := strconv.ParseInt(w, 0, 64); err == nil && strconv.FormatInt(n, 10) != w {
		return strconv.FormatInt(n, 10)
	}
	return ""
}

func isNumber(w string) bool {
	_, ok := parseSeconds(strings.TrimPrefix(w, "-"))
	return ok
}

// addressMeant is the address, with its length or port as ours are written, that
// was probably meant by w, or "".
func addressMeant(w string) string {
	if p, err := netip.ParseAddrPort(w); err == nil {
		return p.Addr().String() + " " + strconv.Itoa(int(p.Port()))
	}
	host, mask, ok := strings.Cut(strings.TrimRight(w, punctuation), "/")
	if m, err := netip.ParseAddr(mask); ok && err == nil && maskBits(m) > 0 {
		mask = strconv.Itoa(maskBits(m))
	}
	meant := host
	if ok {
		meant += "/" + mask
	}
	if _, good := prefix(meant); !good || meant == w {
		return ""
	}
	return meant
}
