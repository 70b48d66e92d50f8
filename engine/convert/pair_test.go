package convert_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"holdfast/engine/conf"
	"holdfast/engine/convert"
	"holdfast/engine/model"
)

// router is the text of one of two routers.
func router(state string, priority int) string {
	return fmt.Sprintf("vrrp_instance V {\n    state %s\n    interface eth0\n    virtual_router_id 7\n    priority %d\n}\n", state, priority)
}

func side(node, text string) convert.Side {
	return convert.ReadSide(node+".conf", []byte(text), model.Facts{Node: node})
}

func ExamplePair() {
	both, err := convert.Pair(side("lb1", router("MASTER", 110)), side("lb2", router("BACKUP", 100)), alone)
	fmt.Print(both.Text)
	for _, d := range both.Differences {
		fmt.Println(d.Word, *d.Values[0], *d.Values[1], d.Places[1], d.Kind)
	}
	fmt.Println(err)
	// Output:
	// vrrp_instance V {
	// @lb1     state MASTER
	// @lb2     state BACKUP
	//     interface eth0
	//     virtual_router_id 7
	// @lb1     priority 110
	// @lb2     priority 100
	// }
	// state MASTER BACKUP lb2.conf:2 identity
	// priority 110 100 lb2.conf:5 identity
	// <nil>
}

func TestWhatCannotBecomeOneTextIsRefusedWithACode(t *testing.T) {
	good := router("MASTER", 110)
	for want, sides := range map[convert.Refusal][2]convert.Side{
		convert.BadNames: {side("lb1", good), side("lb1", good)},
		convert.Faulty:   {side("lb1", good), side("lb2", "vrrp_instance V {\n")},
	} {
		var got convert.Refusal
		if _, err := convert.Pair(sides[0], sides[1], alone); !errors.As(err, &got) || got != want {
			t.Errorf("%v, want %v", err, want)
		}
	}
}

func TestEachNodeKeepsTheMeaningOfItsOwnFile(t *testing.T) {
	one := side("lb1", router("MASTER", 110)+"vrrp_script s {\n    script /bin/true\n}\n")
	other := side("lb2", "! the other\n"+strings.ReplaceAll(router("BACKUP", 90), " {", "\n{"))
	both, err := convert.Pair(one, other, alone)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []convert.Side{one, other} {
		got, _ := model.Parse("x", []byte(both.Text), model.Facts{Node: s.Node})
		if convert.Ordered(got) != convert.Ordered(s.Config) {
			t.Errorf("%s reads\n%s\nin\n%s", s.Node, model.Print(got), both.Text)
		}
	}
}

func TestASecretIsNoValueOfADifference(t *testing.T) {
	const secret = "secret1secret1secret1secret1secret1"
	for _, d := range model.Directives() {
		if !d.Secret {
			continue
		}
		line := d.Word + " " + secret
		if d.Kind == "key" {
			line = d.Word + " 7 " + secret
		}
		text := strings.Replace(router("BACKUP", 90), "}", d.Block+" {\n"+line+"\n}\n}", 1)
		if d.Block == "SSL" {
			text = router("BACKUP", 90) + d.Block + " {\n" + line + "\n}\n"
		}
		both, err := convert.Pair(side("lb1", text), side("lb2", strings.ReplaceAll(text, "secret1", "secret2")), alone)
		i := slices.IndexFunc(both.Differences, func(one convert.Difference) bool { return one.Word == d.Word })
		if err != nil || i < 0 || strings.Contains(*both.Differences[i].Values[0], "secret") || d.Word == "auth_pass" && both.Differences[i].Kind != convert.MustAgree {
			t.Errorf("%s: %v: %+v", d.ID, err, both.Differences)
		}
	}
}

func TestAPlaceIsWrittenAndReadTheSame(t *testing.T) {
	for _, want := range []convert.Place{{}, {File: "a:b.conf", Line: 9}} {
		text, err := want.MarshalText()
		var got convert.Place
		if err == nil {
			err = got.UnmarshalText(text)
		}
		if err != nil || got != want {
			t.Errorf("%q is %+v, not %+v (%v)", text, got, want, err)
		}
	}
}

func TestWordsThatAnOlderKeepalivedLacksAreLeftOutWithTheirPlaces(t *testing.T) {
	text := []byte("vrrp_instance V {\n    interface eth0\n    virtual_router_id 7\n}\nglobal_defs {\n    use_symlink_paths\n}\n")
	c, _ := model.Parse("x.conf", text, model.Facts{})
	_, left := convert.Older(c, model.Tree("x.conf", text, model.Facts{}), model.OldRelease)
	want := convert.LeftOut{Block: "global_defs", Word: "use_symlink_paths", At: model.Range{File: "x.conf", Line: 6, Col: 5, EndLine: 6, EndCol: 22}}
	if len(left) != 1 || left[0] != want {
		t.Errorf("left out are %+v", left)
	}
}

func TestMatchKeepsWhatBothListsHaveInOrder(t *testing.T) {
	for _, cells := range []int{1 << 20, 0} {
		a, b := strings.Split("head x a b c tail", " "), strings.Split("head a y c z tail", " ")
		var got []string
		for _, h := range convert.Match(len(a), len(b), cells, func(i, j int) bool { return a[i] == b[j] }) {
			for i := range h.Same {
				if a[h.EndA+i] != b[h.EndB+i] {
					t.Errorf("%s is not %s", a[h.EndA+i], b[h.EndB+i])
				}
				got = append(got, a[h.EndA+i])
			}
		}
		want := map[bool]string{true: "head a c tail", false: "head tail"}[cells > 0]
		if strings.Join(got, " ") != want {
			t.Errorf("%d cells: %q, want %q", cells, got, want)
		}
	}
}

// The table of directives does not say what a word means to a pair.
func TestWordsOfAPairAreWordsOfTheTable(t *testing.T) {
	known := map[string]bool{}
	for _, d := range model.Directives() {
		for _, w := range append(d.Aliases, d.Word) {
			known[w] = true
		}
	}
	identity, mustAgree, alone := convert.PairWords()
	for _, w := range slices.Concat(identity, mustAgree, alone) {
		if !known[w] {
			t.Errorf("%s is no word of keepalived.conf", w)
		}
	}
	for _, w := range alone {
		if !slices.Contains(identity, w) {
			t.Errorf("%s tells nodes apart and is no identity", w)
		}
	}
}

func TestTheTextOfOneNodeHasNoMarks(t *testing.T) {
	both, err := convert.Pair(side("lb1", router("MASTER", 110)), side("lb2", router("BACKUP", 100)), alone)
	if err != nil || strings.Contains(conf.ForNode(both.Text, "lb1"), "@") {
		t.Errorf("%v: %s", err, both.Text)
	}
}
