package convert_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"holdfast/engine/conf"
	"holdfast/engine/convert"
)

// tree is a text and the files that it may include, in the making.
type tree struct {
	*rand.Rand
	files map[string]string
	names int
}

// grow writes lines of one file; what it includes is a file of its own, further down.
func (g *tree) grow(depth int) string {
	var b strings.Builder
	open := 0
	for range 1 + g.IntN(6) {
		line := g.line(depth)
		switch {
		case g.IntN(8) == 0:
			line, open = "vrrp_instance V"+g.name()+" {", open+1
		case open > 0 && g.IntN(4) == 0:
			line, open = "}", open-1
		}
		b.WriteString(line + "\n")
	}
	b.WriteString(strings.Repeat("}\n", open))
	text := b.String()
	switch g.IntN(12) {
	case 0:
		return strings.TrimSuffix(text, "\n")
	case 1:
		return text + "$" + g.name() + "=priority 9 \\"
	case 2:
		return text + "$" + g.name() + "= \\\n\tpriority 8 \\\n"
	case 3:
		return text + "track_interface {\n"
	}
	return text
}

func (g *tree) name() string { g.names++; return fmt.Sprint("N", g.names) }

// used is a name of a definition, which may be there.
func (g *tree) used() string { return fmt.Sprint("N", 1+g.IntN(g.names+1)) }

// include is a line that reads a file.
func (g *tree) include(depth int) string {
	if depth == 0 {
		return "include none.conf"
	}
	name := "f" + g.name() + ".conf"
	g.files[name] = g.grow(depth - 1)
	return []string{"include ", "includer ", "include\t", "includea "}[g.IntN(4)] + []string{name, `"` + name + `"`}[g.IntN(2)]
}

func (g *tree) plain() string {
	return []string{"priority ", "advert_int ", "unknown_word ", "virtual_router_id "}[g.IntN(4)] + fmt.Sprint(1+g.IntN(9))
}

func (g *tree) line(depth int) string {
	switch g.IntN(16) {
	case 0:
		return "$" + g.name() + "=" + g.plain()
	case 1:
		return "$" + g.name() + "= \\\n\t" + g.plain() + " \\\n\t" + g.include(depth) + " \\\n\t" + g.plain() + "\n"
	case 2:
		return "$" + g.name() + "=" + g.include(depth)
	case 3:
		return "$" + g.used()
	case 4:
		return "${" + g.used() + "}"
	case 5, 6, 7:
		return g.include(depth)
	case 8:
		return []string{"@lb1 ", "@lb2 ", "@^lb1 "}[g.IntN(3)] + g.include(depth)
	case 9:
		return []string{"@lb1 ", "@lb2 ", "@^lb1 "}[g.IntN(3)] + g.plain()
	case 10:
		return "~SEQ(I, 1, 2) " + g.include(depth)
	case 11:
		return "~SEQ(I, 1, 2) priority 1$I"
	case 12:
		return []string{"! ", "# "}[g.IntN(2)] + g.include(depth)
	case 13:
		return g.include(depth) + " ! " + g.plain()
	case 14:
		return "$" + g.name() + "= \\\n@lb1\t" + g.plain() + " \\\n@lb2\t" + g.include(depth) + " \\\n# " + g.plain() + " \\\n"
	}
	return g.plain()
}

// statementsOf are what is left of a text for a node, without comments and blanks.
func statementsOf(text string, facts conf.Options) []string {
	var list []string
	for line := range strings.Lines(conf.Expand("keepalived.conf", []byte(text), facts).Text) {
		if words := strings.Fields(conf.Content(line)); len(words) > 0 {
			list = append(list, strings.Join(words, " "))
		}
	}
	return list
}

func TestATextInOnePieceMeansWhatItsFilesMean(t *testing.T) {
	carried, whole := 0, 0
	for seed := range uint64(1500) {
		g := &tree{Rand: rand.New(rand.NewPCG(seed, 7)), files: map[string]string{}}
		text := g.grow(3)
		reading := shelf(g.files)
		one, out := convert.Inline("keepalived.conf", []byte(text), "lb1", reading)
		nodes := []string{"lb1", "lb2", "other"}
		switch {
		case out:
			carried++
			nodes = nodes[:1]
		case string(one) == text: // what others include is theirs to find
			nodes = nodes[:1]
		default:
			whole++
		}
		for _, node := range nodes {
			want := statementsOf(text, reading(node).Options())
			alone := reading(node)
			alone.Files = shelf(nil)(node).Files
			got := statementsOf(string(one), alone.Options())
			if !slices.Equal(got, want) {
				t.Fatalf("seed %d, %s reads %q in one piece, and %q in files; carried out: %v\n%s\n== files %q\n== one\n%s", seed, node, got, want, out, text, g.files, one)
			}
		}
	}
	if carried < 200 || whole < 40 {
		t.Errorf("%d carried out, %d not", carried, whole)
	}
}
