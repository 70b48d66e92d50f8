package model

import (
	"strings"
	"unicode/utf8"

	"holdfast/engine/conf"
)

// Shell is what runs a line that no exec can: the tutorials' lines want bash,
// not sh ([[ and &>).
const Shell = "/bin/bash"

// NewCommand makes a command of a line as the operator wrote it. keepalived
// starts no shell; a line that only a shell understands is given to one here,
// because that is what its author meant.
func NewCommand(text string) Command {
	c := Command{Line: text}
	if needsShell(text) {
		c.Shell = true
		c.Argv = []string{Shell, "-c", text}
	} else {
		c.Argv = conf.Split(text)
	}
	return c
}

// scanCommand reads LINE [USER [GROUP]], where LINE is one word, in quotes if it
// has arguments.
func (l *line) scanCommand(p *Command) bool {
	words, fault := conf.SplitCommand(l.n.Rest())
	if fault != "" && fault != conf.OpenDouble {
		return l.uncut(fault, l.n.Rest())
	}
	if len(words) == 0 && l.d.optional {
		return true
	}
	if len(words) == 0 || strings.TrimSpace(words[0]) == "" {
		return l.missing()
	}
	l.at = 1
	if i := strings.IndexAny(l.n.Rest(), oddQuotes); i >= 0 {
		quote, _ := utf8.DecodeRuneInString(l.n.Rest()[i:])
		l.fail(Warning, "odd-quote", string(quote))
	}
	if line := unquotedShell(words, l.n.Words[1].Quoted()); line != "" {
		l.tell(Warning, "shell-unquoted", line, "Shell", Shell)
		words = []string{line}
	}
	text, kept := words[0], words[0]
	if again, _ := conf.SplitCommand(escapedKept(l.n.Rest())); len(again) == len(words) {
		kept = again[0]
	}
	if needsShell(text) && !needsShell(kept) {
		text = kept // what is escaped is for the program
	}
	c := NewCommand(text)
	if _, fault := conf.SplitCommand(text); fault == conf.LastBackslash || fault != "" && !c.Shell {
		return l.uncut(fault, text)
	}
	if len(c.Argv) == 0 {
		return l.missing()
	}
	l.shell(c, kept)
	*p = c
	if len(words) > 1 {
		l.more(words[1:], p)
	}
	l.at = len(l.n.Words)
	return true
}

// uncut reports a command that keepalived cannot cut into words, and therefore
// leaves out. An open double quote ends with the line and is reported there; what
// a shell does not understand of a quote it says itself.
func (l *line) uncut(fault conf.Unsplit, text string) bool {
	l.at = 1
	if fault == conf.LastBackslash {
		return l.fail(Warning, "command-backslash", text)
	}
	return l.fail(Warning, "command-quote", text)
}

// shell reports that a line is run by a shell, or that none expands it. The shell
// replaces the names of its line, so one at its beginning is not undefined. kept is the
// line with what is escaped for a shell.
func (l *line) shell(c Command, kept string) {
	if !c.Shell {
		if w := unexpanded(kept); w != "" {
			l.tell(Note, "not-expanded", w)
		}
		return
	}
	if l.b.facts.Known && !l.b.facts.Bash {
		l.tell(Warning, "shell-missing", c.Line, "Shell", Shell)
		return
	}
	l.tell(Note, "shell-line", c.Line, "Shell", Shell)
}

// more reads what follows the line. A directive with a word of its own for the
// user has nothing more: keepalived ignores what is there.
func (l *line) more(words []string, p *Command) {
	l.at = 2
	if l.d.block.words["user"] != nil {
		l.tell(Warning, "unquoted-arguments", strings.Join(words, " ")) // a name among them is ignored, too: the line has an effect
		return
	}
	u, joined := newUser(words[0])
	if !joined && len(words) > 1 {
		u.Group = strings.TrimLeft(words[1], ":")
	}
	if u.Name == "" {
		return
	}
	p.User = Some(u)
	if !l.n.Words[1].Quoted() { // a whole command is, and what follows is meant to be the user
		l.fail(Note, "command-user", words[0])
	}
}
