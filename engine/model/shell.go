package model

import (
	"slices"
	"strings"
)

// needsShell says whether a line is one that only a shell understands. keepalived
// would run its first word as a program, find none and disable the script. The
// rule is the same wherever a command stands: tracking, notification, quorum,
// MISC_CHECK. It knows what stands outside quotes (pipes, lists, redirections,
// substitutions, tests in brackets) and what the first word is.
func needsShell(text string) bool {
	return shellFirst(text) || shellSyntax(text)
}

// shellFirst says whether the first word is no program: a test in brackets, "!",
// an assignment in front of the command, a folder of the user's, or a word that is
// the shell's own.
func shellFirst(text string) bool {
	text = strings.TrimLeft(text, " \t")
	word := text
	if i := strings.IndexAny(text, " \t\n;"); i >= 0 {
		word = text[:i]
	}
	switch {
	case word == "":
		return false
	case word[0] == '[', word[0] == '(', word[0] == '~', word == "!", word == "{":
		return true
	}
	return assigns(word) || slices.Contains(shellWords, word)
}

// shellWords are the words of a shell that are no programs, or do nothing as such:
// a program cannot end its parent, change its directory or read a file into it.
var shellWords = []string{
	".", ":", "alias", "bg", "builtin", "case", "cd", "command", "coproc", "declare", "disown", "enable", "eval", "exec",
	"exit", "export", "fg", "for", "function", "getopts", "hash", "if", "jobs", "let", "local", "mapfile", "popd", "pushd",
	"read", "readarray", "readonly", "return", "select", "set", "shift", "shopt", "source", "suspend", "times", "trap",
	"type", "typeset", "ulimit", "umask", "unalias", "unset", "until", "wait", "while",
}

// wordChars are the characters of a shell's names.
const wordChars = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

// assigns says whether a word gives a value to a variable: NAME=… or NAME+=….
func assigns(word string) bool {
	name, _, ok := strings.Cut(word, "=")
	name = strings.TrimSuffix(name, "+")
	if !ok || name == "" || name[0] >= '0' && name[0] <= '9' {
		return false
	}
	return strings.Trim(name, wordChars) == ""
}

// shellSyntax finds what a shell acts on outside of quotes.
func shellSyntax(text string) bool {
	var quote byte
	begin := 0 // of the word
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\\' && quote != '\'':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			} else if quote == '"' && substitutes(text[i:]) {
				return true
			}
		case c == '"' || c == '\'':
			quote = c
		case c == ' ' || c == '\t':
			begin = i + 1
			if strings.HasPrefix(text[begin:], "[[ ") || homeOf(text[begin:]) {
				return true
			}
		case c == '&' && strings.Contains(text[begin:i], "://") && !strings.HasPrefix(text[i:], "&&"):
			// It parts the values of a URL.
		case strings.IndexByte("|&;<>`", c) >= 0 || substitutes(text[i:]):
			return true
		}
	}
	return false
}

// homeOf says whether the text begins with a folder of the user's or of another one.
func homeOf(s string) bool {
	name, _, ok := strings.Cut(s, "/")
	return ok && name != "" && name[0] == '~' && strings.Trim(name[1:], wordChars+"-") == ""
}

// substitutes says whether the text begins with what a shell replaces: the output
// of a command, or a variable.
func substitutes(s string) bool {
	if s[0] == '`' {
		return true
	}
	if len(s) < 2 || s[0] != '$' {
		return false
	}
	c := s[1]
	return c == '(' || c == '{' || c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// operator says whether a word outside of quotes is one of a shell's: a pipe, a
// list, or a redirection, which a number may precede.
func operator(word string) bool {
	rest := strings.TrimLeft(word, "0123456789")
	return rest != "" && (rest[0] == '<' || rest[0] == '>' || rest == word && strings.IndexByte("|&;", rest[0]) >= 0)
}

// unquotedShell is the line of shell that was written without quotes around the whole,
// "" where that is not so: an operator follows the command, or the command begins
// as only a shell's can. quoted says that the first word is in quotes.
func unquotedShell(words []string, quoted bool) string {
	if len(words) < 2 || !slices.ContainsFunc(words[1:], operator) && (quoted || !needsShell(words[0])) {
		return ""
	}
	line := []string{words[0]}
	for _, w := range words[1:] {
		if strings.ContainsAny(w, " \t") && !operator(w) {
			w = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(w) + `"`
		}
		line = append(line, w)
	}
	return strings.Join(line, " ")
}

// specials are the characters that mean something to a shell.
const specials = "|&;<>$`(){}[]~!*?"

// escapedKept is a text in which a backslash before a character that means something
// to a shell is read as two, so that one is left when the text is cut into words.
func escapedKept(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) {
			if strings.IndexByte(specials, text[i+1]) >= 0 {
				b.WriteString(`\\`)
			}
			b.WriteByte('\\')
			i++
		}
		b.WriteByte(text[i])
	}
	return b.String()
}
