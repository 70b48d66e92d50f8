package assets

import (
	"cmp"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/pelletier/go-toml/v2"
)

// form is one thing that a check, a script or the kernel says: its code, and how it
// is read in English, which is what the engine, the journal and the JSON have.
type form struct {
	code string
	read *regexp.Regexp
}

// values are how the facts in a form look. The others are any text.
var values = map[string]string{
	"took": `<1 ms|\d+ ms|\d+ s|\d+\.\d s`, "limit": `<1 ms|\d+ ms|\d+ s|\d+\.\d s`,
	"status": `\d+`, "reply": `\d+`, "exit": `-?\d+`, "signal": `\d+`, "weight": `-?\d+`, "at": `\d+`, "bytes": `\d+`, "least": `\d+`, "most": `\d+`,
	"byte": `[0-9a-f]{2}`, "digest": `[0-9a-f]{32}`, "path": `/\S*`, "step": `[A-Z]+`, "program": `.+?`,
}

// inner is the fact that is a form itself: "HTTP 503, 12 ms" is a status and how long
// the answer took.
const inner = "said"

var hollow = regexp.MustCompile(`\{\{\.([a-z]+)\}\}`)

// outermost puts what is added behind another form before all that is not.
const outermost = 1 << 10

// forms are read when a text is worded in another language for the first time. What
// stands behind another form comes first, then the longest: they say most.
var forms = sync.OnceValue(func() []form {
	text, err := fs.ReadFile(words, "words/"+Langs[0]+"/said.toml")
	if err != nil {
		panic("words: " + err.Error()) // a broken build
	}
	sentences := map[string]string{}
	if err := toml.Unmarshal(text, &sentences); err != nil {
		panic("words: " + err.Error())
	}
	var all []form
	size := map[string]int{}
	for id, sentence := range sentences {
		pattern, rest := "^", sentence
		for {
			at := hollow.FindStringSubmatchIndex(rest)
			if at == nil {
				break
			}
			name := rest[at[2]:at[3]]
			pattern += regexp.QuoteMeta(rest[:at[0]]) + "(?P<" + name + ">" + cmp.Or(values[name], ".+") + ")"
			rest = rest[at[1]:]
		}
		all = append(all, form{id, regexp.MustCompile("(?s)" + pattern + regexp.QuoteMeta(rest) + "$")})
		size[id] = len(hollow.ReplaceAllString(sentence, ""))
		if strings.HasPrefix(sentence, "{{."+inner+"}}") {
			size[id] += outermost
		}
	}
	slices.SortFunc(all, func(a, b form) int { return cmp.Or(size[b.code]-size[a.code], strings.Compare(a.code, b.code)) })
	return all
})

// deepest bounds how many forms stand in each other.
const deepest = 8

// Said words what a check, a script or the kernel said: its forms are the sentences
// "said.CODE" of words/LANG/said.toml. What has no form stays as it is.
func Said(lang, text string) string {
	if lang == Langs[0] || text == "" {
		return text
	}
	return saidIn(lang, text, deepest)
}

func saidIn(lang, text string, depth int) string {
	code, facts := Read(text)
	if code == "" || depth == 0 {
		return text
	}
	if part := facts[inner]; part != "" {
		facts[inner] = saidIn(lang, part, depth-1)
	}
	return Text(lang, code, facts)
}

// Read takes a text of the engine apart: the code of its form and the facts in it.
// code is "" where it has none.
func Read(text string) (code string, facts map[string]string) {
	for _, f := range forms() {
		found := f.read.FindStringSubmatch(text)
		if found == nil {
			continue
		}
		facts = map[string]string{}
		for i, name := range f.read.SubexpNames() {
			if name != "" {
				facts[name] = found[i]
			}
		}
		return f.code, facts
	}
	return "", nil
}
