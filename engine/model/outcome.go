package model

import (
	"path"
	"slices"
	"strings"
)

// outcome is the set of ways in which a line of shell may end, as far as can be
// seen without running it.
type outcome uint8

const (
	succeeds outcome = 1 << iota // and the line goes on
	fails
	exitsWell // and the line ends here
	exitsBadly

	either = succeeds | fails
	goesOn = succeeds | fails
)

// settled is the outcome seen from outside: an exit ends the line, or a part of it
// that runs in a shell of its own.
func (o outcome) settled() outcome { return o&goesOn | o>>2 }

// neverFails is the command that makes a line exit with 0 whatever happens, such
// as the second echo of "test && echo 1 || echo 0"; "" where the line can fail, or
// is a lone placeholder like true.
func neverFails(c *Command) string {
	line := c.Line
	if !c.Shell {
		program := path.Base(c.Argv[0])
		i := slices.IndexFunc(c.Argv, func(a string) bool { return len(a) > 1 && a[0] == '-' && a[len(a)-1] == 'c' })
		switch {
		case slices.Contains([]string{"sh", "bash", "dash", "ash", "ksh", "zsh"}, program) && i == 1 && len(c.Argv) > 2:
			line = c.Argv[2]
		case program != "echo" && program != "printf":
			return ""
		}
	}
	r := reader{words: shellTokens(line)}
	o := r.list()
	if r.lost || len(r.words) > 0 || o.settled() != succeeds {
		return ""
	}
	if w := strings.Fields(line); len(w) == 1 && (w[0] == "true" || w[0] == ":") || w[0] == "exit" {
		return ""
	}
	return r.decides
}

// reader reads the words of a line of shell from the front.
type reader struct {
	words   []token
	decides string // the last command that cannot fail
	lost    bool   // there was something that is not understood
}

// token is a word of shell, or an operator, which is what is not quoted of ();&|
// and the end of a line.
type token struct {
	text     string
	operator bool
}

func (r *reader) next() string {
	if len(r.words) == 0 {
		return ""
	}
	return r.words[0].text
}

// at says whether one of these comes next, unquoted.
func (r *reader) at(texts ...string) bool { return slices.Contains(texts, r.next()) }

// take reads one word if it is text.
func (r *reader) take(text string) bool {
	if !r.at(text) {
		return false
	}
	r.words = r.words[1:]
	return true
}

// list reads commands one after the other; the last one decides.
func (r *reader) list() outcome {
	o := succeeds
	for len(r.words) > 0 && !r.at(")", "}", "then", "elif", "else", "fi") && !r.lost {
		if r.take(";") || r.take("\n") {
			continue
		}
		next := r.chain()
		if r.take("&") { // it runs beside
			next, r.decides = succeeds, "&"
		}
		o = after(o, o&goesOn, next)
	}
	return o
}

// after is what follows from o where next is run in the cases run of it.
func after(o, run, next outcome) outcome {
	if run == 0 {
		return o
	}
	return o&^run | next
}

// chain reads pipelines joined by && and ||.
func (r *reader) chain() outcome {
	o := r.pipeline()
	for !r.lost {
		said := r.decides
		switch {
		case r.take("&&"):
			o = after(o, o&succeeds, r.pipeline())
		case r.take("||"):
			run := o & fails
			o = after(o, run, r.pipeline())
			if run == 0 && said != "" {
				r.decides = said // what follows is never run
			}
		default:
			return o
		}
	}
	return o
}

// pipeline reads commands joined by |, of which the last one decides.
func (r *reader) pipeline() outcome {
	not := r.take("!")
	first := r.words
	o := r.command()
	piped := false
	for r.take("|") || r.take("|&") {
		piped = true
		o = r.command()
	}
	if piped {
		o = o.settled()
		if r.findsItself(first[:len(first)-len(r.words)]) {
			o = succeeds
		}
	}
	if not {
		o = o&^goesOn | o&succeeds<<1 | o&fails>>1
	}
	return o
}

// command reads one command, simple or made of others.
func (r *reader) command() outcome {
	switch {
	case r.take("("):
		o := r.list().settled()
		r.lost = r.lost || !r.take(")")
		return o
	case r.take("{"):
		o := r.list()
		r.lost = r.lost || !r.take("}")
		return o
	case r.take("if"):
		return r.branches()
	case r.at("for", "while", "until", "case", "select", "function", "[[", "((", "eval", "exec", "trap", "set", "return", "."):
		if !r.at("[[", "eval", "exec", ".") {
			r.lost = true
		}
	}
	var words []string
	for len(r.words) > 0 && !r.words[0].operator {
		words = append(words, r.words[0].text)
		r.words = r.words[1:]
	}
	o := simple(words)
	if o == succeeds || o == exitsWell {
		r.decides = strings.Join(words, " ")
	}
	return o
}

// branches reads an if, of which the word was read.
func (r *reader) branches() outcome {
	o := r.list()
	r.lost = r.lost || !r.take("then")
	yes := r.list()
	no := succeeds
	switch {
	case r.take("elif"):
		return after(o, o&goesOn, yes|r.branches())
	case r.take("else"):
		no = r.list()
	}
	r.lost = r.lost || !r.take("fi")
	var next outcome
	if o&succeeds != 0 {
		next |= yes
	}
	if o&fails != 0 {
		next |= no
	}
	return after(o, o&goesOn, next)
}
