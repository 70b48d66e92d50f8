package arch

import (
	"slices"
	"strings"
	"testing"
)

// allowed are the imports among our own packages, from the inside of the house
// to its street door. A package that is not named may import nothing of ours.
var allowed = []struct {
	room   string // package path under the module; a trailing /... is the room and all in it
	may    []string
	reason string
}{
	{"engine/conf", nil, "the language knows no directive, so that text is never lost over a word"},
	{"engine/plan", nil, "the kernel's words are values that anybody may hold"},
	{"engine/schedule", nil, "what is due when depends on nothing but keys and instants"},
	{"engine/journal", nil, "an entry outlives the types it was made from"},
	{"engine/script", nil, "a program is run for whoever asks"},
	{"engine/model", []string{"engine/conf"}, "meaning is made from text, and from nothing else"},
	{"engine/convert", []string{"engine/conf", "engine/model"}, "text to text: files are handed in"},
	{"engine/facts", []string{"engine/conf", "engine/model"}, "what the host offers a text: it knows no role and no kernel"},
	{"engine/vrrp", []string{"engine/model", "engine/plan"}, "decisions are pure"},
	{"engine/lvs", []string{"engine/model", "engine/plan"}, "decisions are pure"},
	{"engine/kernel", []string{"engine/plan"}, "the door to the kernel carries out plans and decides nothing"},
	{"engine/probe", []string{"engine/model"}, "a probe answers how a check went; what follows is decided elsewhere"},
	{"engine/control", []string{"engine/plan", "engine/journal"}, "the wire format is usable by whoever talks to a role"},
	{"engine/explain", []string{"engine/conf", "engine/model", "engine/plan", "engine/control"}, "codes, no words, no files"},
	{"engine", []string{"engine/..."}, "the engine runs without a database, a browser or a mail server"},
	{"migrations", nil, "SQL files only"},
	{"assets", nil, "words, styles and scripts only"},
	{"store", []string{"migrations", "engine/journal"}, "the database keeps text and facts, not the engine's types"},
	{"web/...", []string{"web/...", "store", "assets", "engine/control", "engine/model", "engine/conf", "engine/plan", "engine/journal", "engine/explain", "engine/convert"},
		"pages talk to the engine over its socket, never to its insides"},
	{"server/mail", []string{"store", "assets", "engine/control", "engine/journal", "engine/model"}, "the outbox is read from the database"},
	{"server/terminal", nil, "columns of words, whatever they say"},
	{"server/parent", []string{"engine/..."}, "the parent stays small: it has to live when all else fails"},
	{"server", []string{"web", "store", "engine/...", "server/...", "assets"}, "wiring"},
}

func TestRoomsImportOnlyWhatTheyMay(t *testing.T) {
	for _, p := range house(t) {
		name := p.room()
		if strings.HasPrefix(name, "test/") {
			continue
		}
		rule, known := ruleFor(name)
		if !known {
			t.Errorf("%s is in no row of the table of imports", name)
			continue
		}
		for _, i := range p.ours() {
			if !slices.ContainsFunc(rule.may, func(pattern string) bool { return within(i, pattern) }) {
				t.Errorf("%s imports %s: %s", name, i, rule.reason)
			}
		}
	}
}

func TestNothingImportsTests(t *testing.T) {
	for _, p := range house(t) {
		for _, i := range p.ours() {
			if strings.HasPrefix(i, "test/") && !strings.HasPrefix(p.room(), "test/") {
				t.Errorf("%s imports %s: the product does not know its tests", p.room(), i)
			}
		}
	}
}

func ruleFor(name string) (rule struct {
	room   string
	may    []string
	reason string
}, known bool) {
	for _, r := range allowed {
		if within(name, r.room) {
			return r, true
		}
	}
	return rule, false
}

// within tells if a package is the one a pattern names, or in its room.
func within(name, pattern string) bool {
	room, whole := strings.CutSuffix(pattern, "/...")
	return name == room || whole && strings.HasPrefix(name, room+"/")
}
