package vrrp

import "testing"

// play observes a row of results ("+" good, "-" bad) and gives the verdicts
// after each: "o" good, "x" bad.
func play(r Rule, results string) string {
	v := r.Start()
	var out []byte
	for _, c := range results {
		v = r.Observe(v, c == '+')
		if r.Answer(v) == Good {
			out = append(out, 'o')
		} else {
			out = append(out, 'x')
		}
	}
	return string(out)
}

func TestScriptVerdicts(t *testing.T) {
	for _, c := range []struct {
		name, results, want string
		rule                Rule
	}{
		{"each result counts", "+-+", "oxo", Rule{Rise: 1, Fall: 1}},
		{"the first success suffices", "+", "o", Rule{Rise: 3, Fall: 3}},
		{"the first failure suffices", "-", "x", Rule{Rise: 3, Fall: 3}},
		{"fall failures in a row are needed", "+---", "ooox", Rule{Rise: 1, Fall: 3}},
		{"one success restarts the fall", "+--+---", "ooooo" + "ox", Rule{Rise: 1, Fall: 3}},
		{"rise successes in a row are needed", "-+++", "xxxo", Rule{Rise: 3, Fall: 1}},
		{"one failure restarts the rise", "-++-+++", "xxxxxxo", Rule{Rise: 3, Fall: 1}},
		{"init_fail needs all of rise", "+++", "xxo", Rule{Rise: 3, Fall: 1, InitFail: true}},
	} {
		if got := play(c.rule, c.results); got != c.want {
			t.Errorf("%s: %s gives %s, want %s", c.name, c.results, got, c.want)
		}
	}
}

func TestVerdictIsUnknownBeforeTheFirstResult(t *testing.T) {
	if a := (Rule{Rise: 2, Fall: 2}).Answer(Rule{Rise: 2, Fall: 2}.Start()); a != Unknown {
		t.Errorf("answer %d", a)
	}
	if a := (Rule{InitFail: true}).Answer(Rule{InitFail: true}.Start()); a != Bad {
		t.Errorf("with init_fail: answer %d", a)
	}
}

func TestVerdictIsCarriedOverAChangedRule(t *testing.T) {
	old, next := Rule{Rise: 1, Fall: 1}, Rule{Rise: 5, Fall: 5}
	for _, good := range []bool{true, false} {
		v := next.Carry(old.Observe(old.Start(), good), old)
		if (next.Answer(v) == Good) != good || !v.Known {
			t.Errorf("good %v became %+v", good, v)
		}
	}
}
