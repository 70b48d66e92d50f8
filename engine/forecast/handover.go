package forecast

import (
	"holdfast/engine/code"
	"holdfast/engine/vrrp"
)

// HandOver tells what would become of the addresses of the masters among the routers of
// an Input if their node asked others to take over. A backup is silent: what is known of
// one is what it said when it was master.
func HandOver(input Input) (list []Outcome) {
	in := newLook(input)
	for _, t := range in.Teams {
		for i, r := range t.Routers {
			if r.State.Role != vrrp.Master {
				continue
			}
			o := Outcome{Name: r.Name, Code: code.ForecastKeeps, Own: r.State.Priority, Addrs: r.Wire.Held, Here: true}
			e, known := in.silent(r)
			switch {
			case r.Owns:
				o.Code = code.ForecastOwns
			case known && !r.judges(e).Drops():
				o = o.known(e, true)
				core := t.Core.Members[i]
				o.Code, o.Here, o.There, o.In = code.ForecastHands, false, append(o.There, e.From), core.Skew(e.Advert().Priority, core.Advert)
			}
			list = append(list, o)
		}
	}
	return list
}
