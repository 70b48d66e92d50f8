package model

import "strings"

// unexpanded is the first word of a line for which a shell would put others, the names of
// files or what stands between braces; "" where there is none. A pattern without a folder
// may be one for the program, and so may one in an address with a scheme.
func unexpanded(line string) string {
	for _, w := range plainWords(line) {
		if strings.Contains(w, "://") {
			continue
		}
		if strings.ContainsAny(w, "*?") && (strings.Contains(w, "/") || strings.HasPrefix(w, "*.")) || strings.Contains(w, "/") && bracketed(w) || braced(w) {
			return w
		}
	}
	return ""
}

// plainWords are the words of a line of which no part is quoted or escaped.
func plainWords(line string) (words []string) {
	var quote byte
	begin, plain := 0, true
	for i := 0; i <= len(line); i++ {
		switch {
		case i < len(line) && line[i] == '\\' && quote != '\'':
			plain = false
			i++
		case i < len(line) && quote != 0:
			if line[i] == quote {
				quote = 0
			}
		case i < len(line) && (line[i] == '"' || line[i] == '\''):
			quote, plain = line[i], false
		case i >= len(line) || line[i] == ' ' || line[i] == '\t':
			if plain && i > begin && i <= len(line) {
				words = append(words, line[begin:i])
			}
			begin, plain = i+1, true
		}
	}
	return words
}

// bracketed says whether a word has a set of characters in brackets.
func bracketed(w string) bool {
	at := strings.IndexByte(w, '[')
	return at >= 0 && strings.IndexByte(w[at:], ']') > 1
}

// braced says whether a word has several in braces: {a,b} or {1..3}.
func braced(w string) bool {
	at := strings.IndexByte(w, '{')
	if at < 0 {
		return false
	}
	end := strings.IndexByte(w[at:], '}')
	return end > 0 && (strings.Contains(w[at:at+end], ",") || strings.Contains(w[at:at+end], ".."))
}
