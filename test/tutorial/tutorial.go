package tutorial

import (
	_ "embed"
	"strconv"
	"strings"
)

// Forms of the tutorial's check script: its own line, which is bash and not a
// program, and the one that keepalived 2 understands.
const (
	Literal = `[[ -f /etc/keepalived/down ]] && exit 1 || exit 0`
	Plain   = `/usr/bin/test ! -f /etc/keepalived/down`
)

// Notify is the notify script, /etc/keepalived/notify.sh.
//
//go:embed notify.sh
var Notify string

//go:embed node.conf
var template string

// Config is the keepalived.conf of node 1 or 2 with one form of the check script.
func Config(node int, script string) string {
	state, priority := "MASTER", "100"
	if node == 2 {
		state, priority = "BACKUP", "99"
	}
	return strings.NewReplacer("{node}", strconv.Itoa(node), "{state}", state, "{priority}", priority, "{script}", script).Replace(template)
}
