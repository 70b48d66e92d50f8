package conf

import "strings"

// Split cuts text into words the way keepalived does for commands: blanks
// separate, both kinds of quotes hold words together, and a backslash begins an
// escape (\a \b \E \f \n \r \t \v, \ooo, \xHH, \cC; before any other character it
// stands for that character).
func Split(text string) []string {
	words, _ := SplitCommand(text)
	return words
}

// Unsplit is what keeps keepalived from cutting a text into words.
type Unsplit string

// What keeps it from that. A quote that opens at the very end, or in which an escape
// is the last, keeps it from nothing.
const (
	LastBackslash Unsplit = "backslash"    // nothing stands behind the last one
	OpenQuote     Unsplit = "quote"        // a single one that is not closed
	OpenDouble    Unsplit = "double-quote" // a double one that is not closed
)

// SplitCommand is Split, and says what keepalived refuses to cut: it has no command
// then. "" is a text that it cuts.
func SplitCommand(text string) ([]string, Unsplit) {
	var words []string
	var fault Unsplit
	var b strings.Builder
	var quote byte
	begun, plain := false, false // a word; its last character is neither quote nor escape
	for i := 0; i < len(text); i++ {
		c := text[i]
		plain = false
		switch {
		case c == '\\' && i+1 < len(text):
			var n int
			c, n = escape(text[i+1:])
			b.WriteByte(c)
			i += n
			begun = true
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
			begun = true
		case quote == 0 && (blank(c) || c == '\n'):
			if begun {
				words = append(words, b.String())
				b.Reset()
				begun = false
			}
		default:
			if c == '\\' {
				fault = LastBackslash
			}
			b.WriteByte(c)
			begun, plain = true, true
		}
	}
	if begun {
		words = append(words, b.String())
	}
	switch {
	case fault != "" || quote == 0 || !plain:
	case quote == '"':
		fault = OpenDouble
	default:
		fault = OpenQuote
	}
	return words, fault
}

// escape reads what follows a backslash: the byte meant, and how many were read.
func escape(s string) (byte, int) {
	switch s[0] {
	case 'a':
		return '\a', 1
	case 'b':
		return '\b', 1
	case 'E':
		return 0x1b, 1
	case 'f':
		return '\f', 1
	case 'n':
		return '\n', 1
	case 'r':
		return '\r', 1
	case 't':
		return '\t', 1
	case 'v':
		return '\v', 1
	case 'x':
		if v, n := digits(s[1:], 16, 2); n > 0 {
			return v, n + 1
		}
	case 'c':
		if len(s) > 1 {
			return s[1] & 0x1f, 2
		}
	case '0', '1', '2', '3', '4', '5', '6', '7':
		return digits(s, 8, 3)
	}
	return s[0], 1
}

func digits(s string, base, most int) (byte, int) {
	v, n := 0, 0
	for n < most && n < len(s) {
		d := strings.IndexByte("0123456789abcdefABCDEF", s[n])
		if d > 15 {
			d -= 6
		}
		if d < 0 || d >= base {
			break
		}
		v = v*base + d
		n++
	}
	return byte(v), n
}

// Quote writes a value so that it is read back as one word, in quotes only
// where it needs them.
func Quote(value string) string {
	// A word in front of a line must not look like @node, $name or ~SEQ.
	if value != "" && !strings.ContainsAny(value, " \t\f\v\r{}!#\"'\\") && strings.IndexByte("@$~", value[0]) < 0 {
		return value
	}
	if guarding(value) { // quotes would not end behind it
		plain := strings.NewReplacer("!", `\!`, "#", `\#`).Replace(value)
		if !strings.ContainsAny(plain, " \t\f\v\r{}") && strings.IndexByte(`@$~"`, plain[0]) < 0 && Unquote(plain) == value {
			return plain
		}
	}
	return `"` + value + `"`
}

// QuoteCommand writes a command line so that Split reads it back as one word.
func QuoteCommand(line string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`, "\v", `\v`, "\f", `\f`, "\x00", `\000`).Replace(line) + `"`
}
