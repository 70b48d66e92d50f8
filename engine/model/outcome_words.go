package model

import (
	"path"
	"slices"
	"strings"
)

// printers are the commands that print, and do not fail where they only read what
// is piped to them.
var printers = []string{"wc", "cat", "head", "tail", "sort", "uniq", "tr", "cut", "tee", "logger", "awk", "sed"}

// simple is the outcome of a simple command.
func simple(words []string) outcome {
	for len(words) > 0 && assigns(words[0]) {
		words = words[1:]
	}
	if len(words) == 0 {
		return either
	}
	switch name := path.Base(words[0]); {
	case name == "exit" && len(words) > 1 && strings.Trim(words[1], "0") == "" && words[1] != "":
		return exitsWell
	case name == "exit" && len(words) > 1 && strings.Trim(words[1], "0123456789") == "":
		return exitsBadly
	case name == "exit":
		return exitsWell | exitsBadly
	case slices.Contains([]string{"true", ":", "echo", "printf"}, name):
		return succeeds
	case name == "false":
		return fails
	case endsTheShell(name, words[1:]):
		return either | exitsWell | exitsBadly
	case slices.Contains(printers, name) && readsOnly(words[1:]):
		return succeeds
	}
	return either
}

// endsTheShell says that a command may end the line though it is no exit: what is run in
// the shell's place or in it, and a signal to the shell itself.
func endsTheShell(name string, args []string) bool {
	switch name {
	case "exec":
		return len(args) > 0 && strings.Trim(args[0], "0123456789") != "" && !strings.ContainsAny(args[0], "<>")
	case "eval", ".", "source":
		return true
	case "kill":
		return slices.ContainsFunc(args, func(a string) bool { return slices.Contains([]string{"$$", "${$}", "$BASHPID", "0"}, a) })
	}
	return false
}

// readsOnly says that a printer names no file and no condition of its own.
func readsOnly(args []string) bool {
	for i, a := range args {
		switch {
		case strings.Contains(a, "exit") || strings.Contains(a, "/") && !strings.ContainsAny(a, "{}"):
			return false
		case strings.HasPrefix(a, "-") || i > 0 && strings.HasPrefix(args[i-1], "-"):
		case !strings.ContainsAny(a, "{}") && i > 0:
			return false
		}
	}
	return true
}

// findsItself says that a pipeline looks for a process with ps and grep, and finds
// the very shell that runs the line, whose arguments hold the pattern.
func (r *reader) findsItself(tokens []token) bool {
	if len(tokens) == 0 || path.Base(tokens[0].text) != "ps" {
		return false
	}
	part := tokens
	for i, t := range tokens {
		if t.operator {
			part = tokens[i+1:]
		}
		if strings.ContainsAny(t.text, "[") || t.text == "-v" || t.text == "-c" || t.text == "-x" || t.text == "-C" || t.text == "-p" {
			return false
		}
	}
	if len(part) < 2 || path.Base(part[0].text) != "grep" {
		return false
	}
	var text []string
	for _, t := range part {
		text = append(text, t.text)
	}
	r.decides = strings.Join(text, " ")
	return true
}

// shellTokens cuts a line of shell into words and operators. Redirections are left
// out, what is quoted or substituted stays within its word.
func shellTokens(line string) []token {
	var tokens []token
	var word strings.Builder
	begun, skip := false, false
	end := func() {
		if begun && !skip {
			tokens = append(tokens, token{text: word.String()})
		}
		skip = skip && !begun
		begun = false
		word.Reset()
	}
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case c == '\\' && i+1 < len(line):
			i++
			word.WriteByte(line[i])
			begun = true
		case c == '"' || c == '\'' || c == '`':
			n := strings.IndexByte(line[i+1:], c)
			if n < 0 {
				n = len(line) - i - 1
			}
			word.WriteString(line[i+1 : i+1+n])
			i += n + 1
			begun = true
		case c == '$' && strings.HasPrefix(line[i:], "$("):
			n := closing(line[i+1:])
			word.WriteString(line[i : i+1+n])
			i += n
			begun = true
		case c == ' ' || c == '\t':
			end()
		case c == '>' || c == '<' || c == '&' && i+1 < len(line) && line[i+1] == '>':
			if strings.Trim(word.String(), "0123456789") == "" {
				begun = false
				word.Reset()
			}
			end()
			for i+1 < len(line) && strings.IndexByte("<>&|", line[i+1]) >= 0 {
				i++
			}
			skip = true // the file
		case strings.IndexByte("();&|\n", c) >= 0:
			end()
			op := line[i : i+1]
			if i+1 < len(line) && slices.Contains([]string{"&&", "||", "|&", ";;"}, line[i:i+2]) {
				op = line[i : i+2]
				i++
			}
			tokens = append(tokens, token{op, true})
		default:
			word.WriteByte(c)
			begun = true
		}
	}
	end()
	return tokens
}

// closing is where the bracket that opens text closes.
func closing(text string) int {
	depth := 0
	for i := range len(text) {
		switch text[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(text)
}
