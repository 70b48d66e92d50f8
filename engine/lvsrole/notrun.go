package lvsrole

import (
	"fmt"
	"strings"

	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/model"
)

// noteRun takes note whether the program of a check could be run; err is why not.
// The journal has it when that begins, changes and ends.
func (l *loop) noteRun(c *check, err error) {
	was := c.notRun
	c.notRun = ""
	if err != nil {
		c.notRun = err.Error()
	}
	if c.notRun == was {
		return
	}
	object := c.virtual.name + "/" + c.virtual.serverName(c.server)
	facts := map[string]string{journal.FactObject: object, journal.FactCode: code.CheckNotRun, journal.FactCommand: c.declared().Command.Line}
	kind := journal.Unheld
	if err != nil {
		kind = journal.Held
		facts[journal.FactReason] = c.notRun
	}
	l.problems.tell(journal.Entry{Kind: kind, Object: object, Facts: facts})
}

// namedServers is how many servers one line about a program names.
const namedServers = 3

// checksNotRun lists the programs of checks that cannot be run: one line for all
// servers of a virtual server that lack the same program for the same reason.
func (l *loop) checksNotRun() (held []control.Blocked) {
	for _, v := range l.virtuals.list {
		servers := map[[2]string][]string{} // by program and reason
		at := map[[2]string]int{}
		for i, s := range v.servers {
			for _, c := range s.checks {
				if c.notRun == "" {
					continue
				}
				command := c.declared().Command
				key := [2]string{programOf(command), c.notRun}
				if servers[key] == nil {
					at[key] = len(held)
					held = append(held, control.Blocked{Object: v.name, Code: code.CheckNotRun,
						Args: map[string]string{"command": command.Line, "reason": c.notRun}})
				}
				servers[key] = append(servers[key], v.serverName(i))
			}
		}
		for key, names := range servers {
			held[at[key]].Args["servers"] = brief(names)
		}
	}
	return held
}

func programOf(c model.Command) string {
	if len(c.Argv) == 0 {
		return c.Line
	}
	return c.Argv[0]
}

// brief is the first of many names, and how many follow.
func brief(names []string) string {
	if n := len(names) - namedServers; n > 0 {
		return fmt.Sprintf("%s (+%d)", strings.Join(names[:namedServers], ", "), n)
	}
	return strings.Join(names, ", ")
}
