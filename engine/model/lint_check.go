package model

import (
	"strings"

	"holdfast/engine/conf"
)

// lintCheck reports a name that no server can be asked for.
func (b *binder) lintCheck(c *Check, n *conf.Node) {
	if c.QueryName.Written && EmptyLabel(strings.TrimSuffix(c.QueryName.Val, ".")) {
		b.report(Warning, "empty-label", b.spanOf(&c.QueryName, n), "Value", c.QueryName.Val)
	}
}

// EmptyLabel says whether a name, without the dot at its end, has nothing between
// two of its dots or before the first.
func EmptyLabel(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".") || strings.Contains(name, "..")
}
