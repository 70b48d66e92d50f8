package model

import (
	"strconv"
	"strings"

	"holdfast/engine/conf"
)

// lintCheck reports a name that no server can be asked for, and an answer that none
// can give.
func (b *binder) lintCheck(c *Check, n *conf.Node) {
	if c.QueryName.Written && EmptyLabel(strings.TrimSuffix(c.QueryName.Val, ".")) {
		b.report(Warning, "empty-label", b.spanOf(&c.QueryName, n), "Value", c.QueryName.Val)
	} else if name := c.QueryName.Val; c.QueryName.Written && len(name) > 2 && name[1] == '.' {
		b.report(Warning, "short-label", b.spanOf(&c.QueryName, n), "Value", name)
	}
	if name := strings.TrimSuffix(c.QueryName.Val, "."); c.QueryName.Written && !EmptyLabel(name) {
		if len(name) > longestName {
			b.report(Warning, "long-name", b.spanOf(&c.QueryName, n), "Value", name, "Most", strconv.Itoa(longestName))
		} else if label := longLabel(name); label != "" {
			b.report(Warning, "long-label", b.spanOf(&c.QueryName, n), "Value", label, "Most", strconv.Itoa(longestLabel))
		}
	}
	if least, most := c.MinReply.Or(0), c.MaxReply.Or(255); least > most {
		b.report(Warning, "reply-length", n.Words[0].Span(), "Word", string(c.Kind), "Value", strconv.Itoa(least), "Most", strconv.Itoa(most))
	}
}

// The most that a name and one label of it hold, in bytes (RFC 1035, 2.3.4: 255 with
// the lengths and the root).
const (
	longestName  = 253
	longestLabel = 63
)

// longLabel is the first label of a name that is too long to be asked for.
func longLabel(name string) string {
	for label := range strings.SplitSeq(name, ".") {
		if len(label) > longestLabel {
			return label
		}
	}
	return ""
}

// AskedName is the name that a DNS check asks for: the root where none is written,
// or where what is written is no name, as keepalived does.
func (c Check) AskedName() string {
	if name := c.QueryName.Or("."); name == "." || !EmptyLabel(strings.TrimSuffix(name, ".")) {
		return name
	}
	return "."
}

// EmptyLabel says whether a name, without the dot at its end, has nothing between
// two of its dots or before the first.
func EmptyLabel(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".") || strings.Contains(name, "..")
}
