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
	{"engine/code", nil, "codes: nothing of ours"},
	{"engine/atomicfile", nil, "a file: nothing of ours"},
	{"engine/rights", nil, "capabilities: nothing of ours"},
	{"engine/realtime", nil, "a thread: nothing of ours"},
	{"engine/claim", nil, "a name: nothing of ours"},
	{"engine/journal", []string{"engine/atomicfile"}, "an entry outlives the types it was made from"},
	{"engine/script", []string{"engine/realtime", "engine/rights"}, "a program is run for whoever asks"},
	{"engine/spawn", []string{"engine/script"}, "a door to what runs programs, and what is behind it"},
	{"engine/fifo", []string{"engine/atomicfile", "engine/script"}, "a pipe: it knows nothing of what is written"},
	{"engine/pattern", nil, "patterns: nothing of ours"},
	{"engine/model", []string{"engine/conf", "engine/pattern"}, "meaning is made from text, and from nothing else"},
	{"engine/convert", []string{"engine/conf", "engine/model"}, "text to text: files are handed in"},
	{"engine/objects", []string{"engine/conf", "engine/convert", "engine/model"}, "text to text, one object at a time"},
	{"engine/policy", []string{"engine/atomicfile", "engine/model", "engine/script"}, "which programs a text may have: it knows no role"},
	{"engine/facts", []string{"engine/conf", "engine/model", "engine/script"}, "what the host offers a text: it knows no role and no kernel"},
	{"engine/vrrp", []string{"engine/code"}, "decisions are pure"},
	{"engine/register", []string{"engine/vrrp"}, "what was heard is values"},
	{"engine/incident", []string{"engine/code", "engine/register", "engine/vrrp"}, "what is wrong follows from values"},
	{"engine/forecast", []string{"engine/code", "engine/register", "engine/vrrp"}, "what would happen follows from values"},
	{"engine/why", []string{"engine/code", "engine/vrrp"}, "why follows from values"},
	{"engine/bfd", nil, "decisions are pure"},
	{"engine/lvs", []string{"engine/model", "engine/plan"}, "decisions are pure"},
	{"engine/kernel", []string{"engine/code", "engine/plan", "engine/rights"}, "the door to the kernel carries out plans and decides nothing"},
	{"engine/probe", []string{"engine/model", "engine/pattern"}, "a probe answers how a check went; what follows is decided elsewhere"},
	{"engine/control", []string{"engine/plan", "engine/journal"}, "the wire format is usable by whoever talks to a role"},
	{"engine/kit", []string{"engine/control", "engine/plan"}, "facts to the text of a script: no words of its own"},
	{"engine/verify", []string{"engine/code", "engine/plan"}, "frames and verdicts are values"},
	{"engine/dump", []string{"engine/control", "engine/model", "engine/plan", "engine/vrrp"}, "a report is values as text: it opens no file"},
	{"engine/cards", []string{"engine/conf", "engine/model"}, "answers to text"},
	{"engine/explain", []string{"engine/code", "engine/conf", "engine/model", "engine/plan", "engine/control"}, "codes, no words, no files"},
	{"engine/state", []string{"engine/atomicfile", "engine/code", "engine/control", "engine/model", "engine/plan"}, "what outlives a process knows no role"},
	{"engine", []string{"engine/code", "engine/state", "engine/control", "engine/journal", "engine/model", "engine/plan", "engine/kernel", "engine/facts", "engine/policy", "engine/script", "engine/spawn", "engine/atomicfile", "engine/realtime"},
		"the process knows no role by name"},
	{"engine/trackfile", []string{"engine/model"}, "numbers in files, for both roles"},
	{"engine/vrrprole", []string{"engine/code", "engine", "engine/fifo", "engine/claim", "engine/vrrp", "engine/register", "engine/incident", "engine/forecast", "engine/why", "engine/bfd", "engine/kernel", "engine/model", "engine/plan", "engine/script", "engine/control", "engine/journal",
		"engine/state", "engine/realtime", "engine/atomicfile", "engine/dump", "engine/trackfile"}, "one role; never lvs, never lvsrole"},
	{"engine/lvsrole", []string{"engine/code", "engine", "engine/fifo", "engine/lvs", "engine/kernel", "engine/model", "engine/plan", "engine/script", "engine/probe", "engine/schedule",
		"engine/control", "engine/journal", "engine/state", "engine/atomicfile", "engine/trackfile", "engine/verify"}, "one role; never vrrp, never vrrprole"},
	{"engine/preview", []string{"engine/code", "engine/vrrprole", "engine/lvs", "engine/vrrp", "engine/kernel", "engine/model", "engine/plan", "engine/control", "engine/state"},
		"it looks at the kernel and writes nothing"},
	{"migrations", nil, "SQL files only"},
	{"assets", nil, "words, styles and scripts only"},
	{"store", []string{"migrations", "engine/journal"}, "the database keeps text and facts, not the engine's types"},
	{"web/...", []string{"web/...", "engine/code", "store", "assets", "engine/control", "engine/model", "engine/conf", "engine/plan", "engine/journal", "engine/explain", "engine/convert", "engine/kit", "engine/objects", "engine/cards"},
		"pages talk to the engine over its socket, never to its insides"},
	{"server/mail", []string{"engine/code", "store", "assets", "engine/control", "engine/journal", "engine/model"}, "the outbox is read from the database"},
	{"server/show", []string{"assets", "engine/cards", "engine/conf", "engine/control", "engine/explain", "engine/kit", "engine/model", "engine/probe", "server/terminal"}, "words for what others know"},
	{"server/cli", []string{"engine/model", "server/parent", "server/show", "store"}, "the steps that commands share: it knows none of them"},
	{"server/change", []string{"assets", "engine/control", "engine/convert", "engine/facts", "engine/journal", "engine/model", "engine/objects", "server/cli", "server/show",
		"server/terminal", "store", "web/changes", "web/fault", "web/live"}, "the functions of the console, called by an operator on the host"},
	{"server/people", []string{"engine/facts", "server/cli", "server/show", "server/terminal", "store", "web", "web/auth", "web/fault"}, "accounts and tokens, managed by an operator on the host"},
	{"server/startup", []string{"engine/facts", "engine/model", "engine/script", "engine/state", "server/cli", "server/show"}, "one program at the start, one at the end"},
	{"server/lossy", nil, "lines, whatever they say"},
	{"server/unixsocket", nil, "a socket: nothing of ours"},
	{"server/terminal", nil, "columns of words, whatever they say"},
	{"server/parent", []string{"engine/state", "engine/control", "engine/rights", "engine/claim", "engine/atomicfile"}, "the parent stays small: it has to live when all else fails"},
	{"server", []string{"web", "store", "engine/...", "server/...", "assets"}, "wiring"},
}

func TestRoomsImportOnlyWhatTheyMay(t *testing.T) {
	for _, p := range house(t) {
		for _, c := range trespasses(p) {
			t.Error(c)
		}
	}
}

// trespasses are the imports of p that its row does not name.
func trespasses(p built) (complaints []string) {
	name := p.room()
	if strings.HasPrefix(name, "test/") {
		return nil
	}
	rule, known := ruleFor(name)
	if !known {
		return []string{name + " is in no row of the table of imports"}
	}
	for _, i := range p.ours() {
		if !slices.ContainsFunc(rule.may, func(pattern string) bool { return within(i, pattern) }) {
			complaints = append(complaints, name+" imports "+i+": "+rule.reason)
		}
	}
	return complaints
}

// Each row is broken by each import that it does not name.
func TestAnImportThatNoRowNamesIsTold(t *testing.T) {
	rooms := []string{"a/room/of/no/row"}
	for _, p := range house(t) {
		rooms = append(rooms, p.room())
	}
	for _, p := range house(t) {
		rule, known := ruleFor(p.room())
		if !known {
			continue
		}
		for _, other := range rooms {
			p.Imports = []string{module + "/" + other}
			may := slices.ContainsFunc(rule.may, func(pattern string) bool { return within(other, pattern) })
			if told := len(trespasses(p)) > 0; told == may {
				t.Errorf("%s imports %s: told %v", p.room(), other, told)
			}
		}
	}
}

// A name in a row that its room does not use is a way in for no reason.
func TestEveryRowIsUsed(t *testing.T) {
	for _, r := range allowed {
		rooms, used := 0, map[string]bool{}
		for _, p := range house(t) {
			if !within(p.room(), r.room) {
				continue
			}
			rooms++
			for _, i := range p.ours() {
				for _, pattern := range r.may {
					used[pattern] = used[pattern] || within(i, pattern)
				}
			}
		}
		if rooms == 0 {
			t.Errorf("the table has a row for %s, and there is none", r.room)
		}
		for _, pattern := range r.may {
			if !used[pattern] {
				t.Errorf("%s may import %s and does not", r.room, pattern)
			}
		}
	}
}

// What a package is built from, and its tests are, holds nothing of the other role.
func TestNothingOfTheOtherRoleIsReached(t *testing.T) {
	byRoom := map[string]built{}
	for _, p := range house(t) {
		byRoom[p.room()] = p
	}
	for role, others := range map[string][]string{
		"engine/vrrprole": {"engine/lvsrole", "engine/lvs", "engine/probe", "engine/schedule"},
		"engine/lvsrole":  {"engine/vrrprole", "engine/vrrp", "engine/dump"},
		"engine":          {"engine/vrrprole", "engine/lvsrole", "engine/vrrp", "engine/lvs"},
		"server/parent":   {"engine", "engine/vrrprole", "engine/lvsrole", "engine/kernel", "web", "store"},
	} {
		reached := map[string]string{}
		var visit func(room string, imports []string)
		visit = func(room string, imports []string) {
			for _, i := range imports {
				i = strings.TrimPrefix(i, module+"/")
				if next, ours := byRoom[i]; ours && reached[i] == "" {
					reached[i] = room
					visit(i, next.Imports)
				}
			}
		}
		p := byRoom[role]
		visit(role, slices.Concat(p.Imports, p.TestImports, p.XTestImports))
		if len(reached) < 5 {
			t.Errorf("%s reaches only %v", role, reached)
		}
		for _, other := range others {
			if from := reached[other]; from != "" {
				t.Errorf("%s reaches %s, through %s", role, other, from)
			}
		}
	}
}

func TestTheRolesKnowNothingOfEachOther(t *testing.T) {
	for role, others := range map[string][]string{
		"engine/vrrprole": {"engine/lvsrole", "engine/lvs", "engine/probe"},
		"engine/lvsrole":  {"engine/vrrprole", "engine/vrrp"},
		"engine":          {"engine/vrrprole", "engine/lvsrole", "engine/vrrp", "engine/lvs"},
	} {
		for _, other := range others {
			p := built{ImportPath: module + "/" + role, Imports: []string{module + "/" + other}}
			if len(trespasses(p)) == 0 {
				t.Errorf("%s may import %s", role, other)
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
