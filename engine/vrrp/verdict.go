package vrrp

// Rule is how many results in a row change the verdict on a vrrp_script.
type Rule struct {
	Rise, Fall int // both at least 1; smaller counts as 1
	InitFail   bool
}

// Verdict is where a vrrp_script stands: keepalived's result counter, which runs
// from 0 to rise+fall-1 and is good from rise on. Known is false before the
// first result.
type Verdict struct {
	Known bool
	Count int
}

func (r Rule) rise() int { return max(r.Rise, 1) }
func (r Rule) fall() int { return max(r.Fall, 1) }

// Start is the verdict before the first run: one success makes it good and one
// failure bad. With init_fail it is bad until rise successes came.
func (r Rule) Start() Verdict {
	if r.InitFail {
		return Verdict{Known: true}
	}
	return Verdict{Count: r.rise() - 1}
}

// Answer is the verdict as a track sees it.
func (r Rule) Answer(v Verdict) Answer {
	switch {
	case !v.Known:
		return Unknown
	case v.Count >= r.rise():
		return Good
	}
	return Bad
}

// Observe gives the verdict after one more run. A success either counts up or,
// at the threshold, makes it wholly good; a failure mirrors that.
func (r Rule) Observe(v Verdict, success bool) Verdict {
	v.Known = true
	switch {
	case success && v.Count < r.rise()-1:
		v.Count++
	case success:
		v.Count = r.rise() + r.fall() - 1
	case v.Count > r.rise():
		v.Count--
	default:
		v.Count = 0
	}
	return v
}

// Carry keeps a verdict over a change of the rule.
func (r Rule) Carry(v Verdict, old Rule) Verdict {
	if !v.Known {
		return r.Start()
	}
	if old.Answer(v) == Good {
		return Verdict{Known: true, Count: r.rise() + r.fall() - 1}
	}
	return Verdict{Known: true}
}
