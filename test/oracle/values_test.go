package oracle

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"

	"holdfast/engine/model"
)

func TestKeepalivedSeesTheSameValuesInTheExport(t *testing.T) {
	texts := own(t)
	if long() {
		texts = all(t)
	}
	eachText(t, texts, func(t *testing.T, name string, text []byte) {
		t.Parallel() // keepalived is waited for most of the time
		c, findings := read(name, text)
		var left []string
		for range 2 { // on a loaded machine a dump may be one of another moment
			said := ask(t, interfaces(text), true, map[string]string{"text": string(text), "export": export(c)})
			if astray(said["text"]) || bytes.Contains(text, []byte("${_RANDOM")) { // no two of which draw alike
				return
			}
			left = slices.DeleteFunc(differing(values(said["text"].values), values(said["export"].values)), func(line string) bool {
				return excused(line, findings)
			})
			if len(left) == 0 {
				return
			}
		}
		for _, line := range left {
			t.Errorf("%s", line)
		}
	})
}

// astray says whether keepalived lost its way in the braces of a text, or ended in it:
// its values are not those that are written then. That we name the place is what
// another test sees to.
func astray(text heard) bool {
	return slices.ContainsFunc(text.complaints, func(c complaint) bool { return losing.MatchString(c.text) })
}

var losing = re(`^Unexpected '\{'|missing '\}'|^Extra '\}'|^Missing '\{'|is missing a parameter`)

// passing are the lines of a dump that differ from run to run, or with the host's
// mood: instants, ids, states and how far a run has come.
var passing = re(`(?i)transition|pid |last |time|= -?\d+\.\d{6}|uid:gid|Wantstate|State =|Status =|Result|faults|Enabled = |Up = |Has run|Current weight|alive = |RS set|failed checkers|quorum_state_up|EFF WEIGHT|IPv6 address = |rp_filter|Master priority|Master router|scripts init|backup|(effective|total) priority|index = |Reset ARP config|fd_in|GARP delay group|aggregation group|Retries iterations|Failed URL|ifindex`)

// values are the lines of a dump that stay.
func values(dump string) []string {
	var lines []string
	for line := range strings.Lines(dump) {
		if line = strings.TrimSuffix(strings.TrimSpace(line), " set"); line != "" && !passing.MatchString(line) {
			lines = append(lines, line)
		}
	}
	return lines
}

// differing are the lines that one dump has more often than the other.
func differing(want, got []string) []string {
	count := map[string]int{}
	for _, l := range want {
		count[l]++
	}
	for _, l := range got {
		count[l]--
	}
	var out []string
	for l, n := range count {
		switch {
		case n > 0:
			out = append(out, "only the text has:   "+l)
		case n < 0:
			out = append(out, "only the export has: "+l)
		}
	}
	slices.Sort(out)
	return out
}

// excuse is a line of a dump that may differ where a finding says why.
type excuse struct {
	line *regexp.Regexp
	code string
	why  string
	in   string // the word of the finding, where it matters
}

var excuses = []excuse{
	{re(`.`), "undefined-name", "keepalived takes the brace of ${NAME} for that of a block; such a text is refused", ""},
	{re(`.`), "script-defined-later", "keepalived does not track a script that is defined further down; the export defines it above", ""},
	{re(`^only the (text|export) has: +Retries`), "alias-ignored", "keepalived ignores nb_get_retry in a TCP_CHECK; here it is taken for retry", ""},
	{re(`.`), "no-block", "without its braces the block takes the lines after it for its own, in keepalived; such a text is refused", ""},
	{re(`.`), "bad-generator", "keepalived carries on for minutes; such a text is refused", ""},
	{re(`.`), "escaped-mark", "keepalived cuts the word short", ""},
	{re(`.`), "unmatched-quote", "keepalived leaves out the word whose quote is never closed", ""},
	{re(`.`), "include-required", "keepalived reads nothing of a text that lacks a file; such a text is refused", ""},
	{re(`.`), "nul-byte", "keepalived reads a line up to the NUL; such a text is refused", ""},
	{re(`Virtual IP|scope`), "bad-address", "keepalived takes an address without the length that is none; such a text is refused", ""},
	{re(`.`), "bad-address", "keepalived shows what is global where a virtual server is none; such a text is refused", "virtual_server"},
	{re(`.`), "include-misread", "keepalived reads the file twice, or out of its place", ""},
	{re(`.`), "include-quoted", "keepalived looks for a file with quotes in its name", ""},
	{re(`.`), "name-of-words", "keepalived leaves out the block; such a text is refused", ""},
	{re(`.`), "bad-number", "keepalived's own test refuses the value; when it runs it takes the digits in front of some, and so the time of the rest for another", ""},
	{re(`weight|Tracking VRRP`), "no-value", "keepalived leaves out the whole line; such a text is refused", ""},
	{re(`Weight = `), "weight-beyond", "keepalived counts a weight beyond 253, and a priority ends at 254 all the same", ""},
	{re(`^only the export has: +LVS syncd`), "deprecated-word", "what an instance says of it only the VRRP process reads; what is global the checker shows as well", "lvs_sync_daemon_interface"},
	{re(`Virtual IP|scope global`), "label-too-long", "keepalived drops the address of a label that is too long; here it loses the label only", ""},
}

func excused(line string, findings []model.Finding) bool {
	return slices.ContainsFunc(excuses, func(e excuse) bool {
		return e.line.MatchString(line) && slices.ContainsFunc(findings, func(f model.Finding) bool { return f.Code == e.code && (e.in == "" || e.in == f.Args["Word"]) })
	})
}
