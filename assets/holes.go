package assets

import (
	"strings"
	"text/template"
	"unicode"
	"unicode/utf8"

	i18n "github.com/nicksnyder/go-i18n/v2/i18n/template"
)

// hole stands in a sentence where a value is empty. No value has it.
const hole = "\x1a"

// argument is a value of a sentence. It is a slice so that {{if .Name}} asks whether
// there is one, and yet an empty one is seen.
type argument []byte

func (a argument) String() string {
	text := strings.ReplaceAll(strings.Trim(string(a), " \t"), hole, "")
	if text == "" {
		return hole
	}
	return text
}

func arguments(args map[string]string) map[string]argument {
	data := make(map[string]argument, len(args)+1)
	for k, v := range args {
		data[k] = argument(v)
	}
	return data
}

// parser reads the sentences: eq compares what they are given as text, and short is
// the beginning of a hash.
type parser struct{ i18n.TextParser }

func (*parser) Cacheable() bool { return true }

var sentences = &parser{i18n.TextParser{Option: "missingkey=zero", Funcs: template.FuncMap{
	"eq":    func(a, b any) bool { return textOf(a) == textOf(b) },
	"short": func(a argument) argument { return a[:min(8, len(a))] },
}}}

func textOf(v any) string {
	if a, ok := v.(argument); ok {
		return string(a)
	}
	text, _ := v.(string)
	return text
}

const (
	separators = ",;:、，；："
	closers    = separators + ".!?)]}>”’」】）》。！？\n"
)

// pairs are what surrounds a value.
var pairs = [][2]string{{"(", ")"}, {"[", "]"}, {"<", ">"}, {`"`, `"`}, {"'", "'"}, {"`", "`"}, {"“", "”"}, {"‘", "’"}, {"「", "」"}, {"（", "）"}, {"《", "》"}, {"【", "】"}}

// closed is a sentence without its holes, and without the blanks, brackets and
// separators that stood for the values.
func closed(s string) string {
	for {
		left, right, found := strings.Cut(s, hole)
		if !found {
			return s
		}
		s = closeHole(left, right)
	}
}

func closeHole(left, right string) string {
	apart := false // a blank stood at its side
	for stripped := true; stripped; {
		l, r := strings.TrimRight(left, " \t"), strings.TrimLeft(right, " \t"+hole)
		apart = apart || l != left || strings.TrimLeft(right, hole) != r
		left, right, stripped = l, r, false
		for _, p := range pairs {
			if strings.HasSuffix(left, p[0]) && strings.HasPrefix(right, p[1]) {
				left, right, stripped = strings.TrimSuffix(left, p[0]), strings.TrimPrefix(right, p[1]), true
				break
			}
		}
	}
	last, _ := utf8.DecodeLastRuneInString(left)
	next, _ := utf8.DecodeRuneInString(right)
	begins := left == "" || strings.ContainsRune("([{“‘「（《【\n", last)
	switch {
	case begins:
		return left + strings.TrimLeft(right, separators+" \t")
	case right == "" || strings.ContainsRune(closers, next):
		left = strings.TrimRight(left, separators+" \t")
		if left == "" {
			return strings.TrimLeft(right, separators+" \t")
		}
		return left + right
	case !apart || unicode.Is(unicode.Han, last) && unicode.Is(unicode.Han, next):
		return left + right
	}
	return left + " " + right
}
