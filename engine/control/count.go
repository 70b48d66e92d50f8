package control

// Counts are how many of the servers of a virtual server stand where. What is not
// counted in any field is down.
type Counts struct {
	Servers   int
	Up        int // all checks have answered, and none says otherwise
	Unasked   int // a check has not answered yet
	Checkless int // no check is configured
	Apart     int // an operator drains it, or has it off
}

// Count counts the servers.
func (v VirtualStatus) Count() Counts {
	c := Counts{Servers: len(v.Servers)}
	for _, r := range v.Servers {
		switch {
		case r.State == "UP" || r.State == "FAILING":
			c.Up++
		case r.State == "DRAINING" || r.State == "DRAINED" || r.State == "OFF":
			c.Apart++
		case r.State != "UNCHECKED":
		case len(r.Checks) == 0:
			c.Checkless++
		default:
			c.Unasked++
		}
	}
	return c
}

// Plus adds the counts of another virtual server.
func (c Counts) Plus(o Counts) Counts {
	return Counts{c.Servers + o.Servers, c.Up + o.Up, c.Unasked + o.Unasked, c.Checkless + o.Checkless, c.Apart + o.Apart}
}

// Unknown is of how many servers it is not known whether they are up.
func (c Counts) Unknown() int { return c.Unasked + c.Checkless }
