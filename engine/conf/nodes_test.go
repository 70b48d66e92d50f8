package conf_test

import (
	"slices"
	"testing"

	"holdfast/engine/conf"
)

func TestOnlyTheMarkIsTakenOffALine(t *testing.T) {
	text := "\t@a\tscript \"x\ty\"\n@b other\n@^b both\n@a\n@ab none\n"
	if got, want := conf.ForNode(text, "a"), "\tscript \"x\ty\"\nboth\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAMarkIsReadTheSameWhereverItIsRead(t *testing.T) {
	for line, read := range map[string]bool{"@a x 1": true, "@a\tx 1": true, "@^b x 1": true, "@a": false, "@b x 1": false, "@^a x 1": false, "@ab x 1": false} {
		text := line + "\n"
		if got := len(conf.Parse("", []byte(text), "a").Nodes) == 1; got != read {
			t.Errorf("%q: Parse reads it: %v", line, got)
		}
		if got := len(conf.Read("", []byte("$A=1\n"+text), conf.Options{Node: "a"}).Nodes) == 1; got != read {
			t.Errorf("%q: Read reads it: %v", line, got)
		}
		if got := conf.ForNode(text, "a") == "x 1\n"; got != read {
			t.Errorf("%q: ForNode keeps it: %v", line, got)
		}
	}
}

func TestNodesOfATextAreThoseOfItsMarksAndThenOfItsComment(t *testing.T) {
	for text, want := range map[string][]string{
		"! holdfast: nodes lb1 lb2\nx\n":                   nil,
		"  @lb2 x\n@^lb3 y\r\n# holdfast: nodes lb1 lb2\n": {"lb2", "lb3", "lb1"},
		"@HOST@ x\n": nil,
		"@a x\n@a y\n! a comment about holdfast: nodes lb9\n": {"a"},
	} {
		if got := conf.Nodes([]byte(text)); !slices.Equal(got, want) {
			t.Errorf("%q names %q, want %q", text, got, want)
		}
	}
}
