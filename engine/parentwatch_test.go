package engine

import (
	"slices"
	"testing"
	"time"
)

func TestTheParentsSilenceIsCountedInLooksAndEndsWithASign(t *testing.T) {
	for name, c := range map[string]struct {
		looks string // h: a sign, .: none, x: none, and the other role does not run
		down  time.Duration
		alone []int // the looks after which it is told, from 0
		heir  []int // and after which the other's addresses are released
	}{
		"a sign at each look":                {"hhhhhhhhhhhh", time.Second, nil, nil},
		"no sign ever":                       {"xxxxxxxxxxxxxxx", time.Second, nil, nil},
		"short":                              {"h.........h", time.Second, nil, nil},
		"long":                               {"h..........h", time.Second, []int{10}, nil},
		"and the other role dies":            {"h.xxxxxx", 3 * time.Second, nil, []int{4, 5, 6, 7}},
		"whose peers wait for longer":        {"hxxxxx", 5 * time.Second, nil, []int{5}},
		"and less than a busy machine takes": {"hxxx", 30 * time.Millisecond, nil, []int{3}},
		"and it is there again":              {"hxx.xx.", time.Second, nil, nil},
	} {
		var p parentSilence
		var alone, heir []int
		for i, look := range c.looks {
			p = p.look(look == 'h', look == 'x')
			if p.alone() {
				alone = append(alone, i)
			}
			if p.heir(c.down) {
				heir = append(heir, i)
			}
		}
		if !slices.Equal(alone, c.alone) || !slices.Equal(heir, c.heir) {
			t.Errorf("%s: alone %v, heir %v", name, alone, heir)
		}
	}
}
