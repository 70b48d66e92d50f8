package lvs

import (
	"net/netip"

	"holdfast/engine/model"
	"holdfast/engine/plan"
)

// Move is a service whose clients mh gives to other servers than before.
type Move struct {
	Key   plan.ServiceKey
	Share float64 // of its clients, between 0 and 1
}

// Name is the service as its virtual server is called, unless that is a group.
func (m Move) Name() string {
	if m.Key.Mark != 0 {
		return m.Key.String()
	}
	return model.Protocol(m.Key.Protocol).String() + ":" + netip.AddrPortFrom(m.Key.Addr, m.Key.Port).String()
}

// Moves are the services of want, in their order, of which mh gives clients to other
// servers than it does of have. The connections that they have stay where they are.
func Moves(have, want []plan.Service) (list []Move) {
	var before map[plan.ServiceKey]*plan.Service
	for i := range want {
		w := &want[i]
		if !plan.MindsOrder(w.Scheduler) {
			continue
		}
		if before == nil {
			before = make(map[plan.ServiceKey]*plan.Service, len(have))
			for j := range have {
				before[have[j].Key] = &have[j]
			}
		}
		if h := before[w.Key]; h != nil && plan.MindsOrder(h.Scheduler) && !h.Equal(*w) {
			if share := Moved(*h, *w); share > 0 {
				list = append(list, Move{w.Key, share})
			}
		}
	}
	return list
}
