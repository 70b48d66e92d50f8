package mail

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"holdfast/assets"
	"holdfast/engine/code"
	"holdfast/engine/journal"
)

// Compose words the mail for a transition. Subject and the first line of the
// body are keepalived's, whatever the language, because filters and people know
// them; below stands the same in plain words of lang: host, object, old and new
// state, reason and instant. ok is false for entries that are not mailed.
func Compose(e journal.Entry, host, routerID, lang string) (subject, body string, ok bool) {
	subject, line := headline(e)
	if subject == "" {
		return "", "", false
	}
	subject = fmt.Sprintf("[%s] %s", cmp.Or(routerID, e.Node), subject)
	lang = assets.Lang(lang)
	word := func(name, key, value string) string {
		return assets.Text(lang, "mail."+name, map[string]string{key: value})
	}
	reason := cmp.Or(assets.Reason(lang, e.Facts), assets.Text(lang, "mail.reason-unknown", nil))
	rows := []string{
		"=> " + line + " <=",
		"",
		assets.Event(lang, string(e.Kind), e.Object, e.Facts),
		"",
		word("host", "host", host),
		word("object", "object", object(e)),
	}
	if e.Kind == journal.Held { // nothing went from one state to another
		rows = append(rows, word("time", "time", instant(e)))
		return subject, strings.Join(rows, "\n") + "\n", true
	}
	if e.Kind == journal.ServerState {
		rows = append(rows, word("virtual", "virtual", label(e.Facts[journal.FactVirtual])))
	}
	rows = append(rows,
		word("from", "from", e.Facts[journal.FactFrom]),
		word("to", "to", e.Facts[journal.FactTo]),
		word("reason", "reason", reason),
		word("time", "time", instant(e)),
	)
	return subject, strings.Join(rows, "\n") + "\n", true
}

func instant(e journal.Entry) string { return e.At.Format("2006-01-02 15:04:05.000 -0700") }

func object(e journal.Entry) string {
	switch e.Kind {
	case journal.ServerState:
		return label(protocolOf(e.Facts[journal.FactVirtual]) + e.Facts[journal.FactServer])
	case journal.QuorumState:
		return label(cmp.Or(e.Facts[journal.FactVirtual], e.Object))
	default:
		return e.Object
	}
}

// headline gives keepalived's subject without the router_id, and its one line
// of text (keepalived 2.2, smtp_alert and its callers).
func headline(e journal.Entry) (subject, line string) {
	to := e.Facts[journal.FactTo]
	switch e.Kind {
	case journal.InstanceState:
		if to == "INIT" { // keepalived sends no mail for it
			return "", ""
		}
		return "VRRP Instance " + e.Object + " - " + entering(to), instanceLine(to)
	case journal.GroupState:
		if to == "STOP" {
			return "VRRP Group " + e.Object + " - " + entering(to), "All VRRP group instances are now stopping"
		}
		return "VRRP Group " + e.Object + " - " + entering(to), "All VRRP group instances are now in " + to + " state"
	case journal.ServerState:
		return fmt.Sprintf("Realserver %s of virtual server %s - %s", object(e), label(e.Facts[journal.FactVirtual]), to), serverLine(e.Facts)
	case journal.QuorumState:
		return fmt.Sprintf("Virtualserver %s - %s", object(e), to), quorumLine(e.Facts)
	case journal.Held: // keepalived has no such mail: of what is held back only this one is told
		if slices.Contains(code.Texts, e.Facts[journal.FactCode]) {
			return "Role " + e.Object + " - Off its configuration", "The role does not run the configuration that it should"
		}
		return "", ""
	default:
		return "", ""
	}
}

func entering(state string) string {
	if state == "STOP" {
		return "Stopping"
	}
	return "Entering " + state + " state"
}

func instanceLine(to string) string {
	switch to {
	case "MASTER":
		return "VRRP Instance is now owning VRRP VIPs"
	case "STOP":
		return "VRRP Instance stopping"
	default:
		return "VRRP Instance is no longer owning VRRP VIPs"
	}
}

// serverLine is what keepalived says of a server: where one of its checks
// decided, in the words of that kind; check begins with the kind's word.
func serverLine(facts map[string]string) string {
	kind, _, _ := strings.Cut(facts[journal.FactCheck], " ")
	up := facts[journal.FactTo] == "UP"
	result := map[bool]string{true: "succeed", false: "failed"}[up]
	switch kind {
	case "":
		if facts[journal.FactReason] == "stopped" {
			return "Shutting down"
		}
		return "Removing"
	case "TCP_CHECK", "UDP_CHECK", "PING_CHECK":
		word := map[string]string{"TCP_CHECK": "TCP", "UDP_CHECK": "UDP", "PING_CHECK": "ICMP"}[kind]
		return word + " CHECK " + result + " on service"
	case "MISC_CHECK":
		if up {
			result = "succeeded"
		} else if strings.HasPrefix(facts[journal.FactReason], "timed out") {
			result = "timed out"
		}
		return "MISC CHECK " + result + " on service"
	case "DNS_CHECK":
		return kind + ": " + result + " on service"
	case "HTTP_GET", "SSL_GET":
		if !up {
			return "CHECK failed on service : " + map[bool]string{true: "SSL", false: "HTTP"}[kind == "SSL_GET"] + " request failed"
		}
	}
	return "CHECK " + result + " on service"
}

// quorumLine is keepalived's, which writes the sign of a lost quorum's
// hysteresis like a gained one's.
func quorumLine(facts map[string]string) string {
	said, sign := "Gained quorum", 1
	if facts[journal.FactTo] != "UP" {
		said, sign = "Lost quorum", -1
	}
	if facts[journal.FactFrom] == "INIT" {
		said = "Starting with quorum " + strings.ToLower(facts[journal.FactTo])
	}
	quorum, errQ := strconv.Atoi(facts[journal.FactQuorum])
	hysteresis, errH := strconv.Atoi(cmp.Or(facts[journal.FactHysteresis], "0"))
	if errQ != nil || errH != nil {
		return said
	}
	return fmt.Sprintf("%s %d+%d=%d <= %s", said, quorum, hysteresis, quorum+sign*hysteresis, facts[journal.FactWeight])
}

// protocolOf is the protocol of a virtual server's name, with its colon.
func protocolOf(virtual string) string {
	protocol, _, found := strings.Cut(virtual, ":")
	if !found {
		return ""
	}
	return protocol + ":"
}

// label turns tcp:192.0.2.100:80 into keepalived's [192.0.2.100]:tcp:80. What
// is not of that form, such as a firewall mark, stays as it is.
func label(name string) string {
	protocol, rest, _ := strings.Cut(name, ":")
	at, err := netip.ParseAddrPort(rest)
	if err != nil {
		return name
	}
	return fmt.Sprintf("[%s]:%s:%d", at.Addr(), protocol, at.Port())
}
