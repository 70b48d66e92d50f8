package cards

import (
	"net/netip"
	"slices"
	"strconv"

	"holdfast/engine/model"
)

// firstNumber is the number of a virtual router that most examples have, and the first
// that is suggested.
const firstNumber = 51

// Taken is why a number should not be chosen for a virtual router on an interface.
type Taken struct {
	Router    string   // of the text; "": it is heard
	From      string   // of the adverts
	Addresses []string // in the adverts
}

// TakenOn are the numbers on an interface that virtual routers of the configuration have
// or others advertise. Routers in except are not counted.
func TakenOn(link string, routers []model.Instance, heard []Heard, except ...string) map[int]Taken {
	taken := map[int]Taken{}
	for _, h := range heard {
		if h.Interface == link {
			taken[int(h.VRID)] = Taken{From: h.From, Addresses: h.Addresses}
		}
	}
	for _, in := range routers {
		if in.Interface == link && !slices.Contains(except, in.Name) {
			taken[int(in.VRID)] = Taken{Router: in.Name}
		}
	}
	return taken
}

// Free is the first number that is not taken, from the one of most examples on; 0: none.
func Free(taken map[int]Taken) int {
	for i := range mostNumber {
		n := (firstNumber-1+i)%mostNumber + 1
		if _, is := taken[n]; !is {
			return n
		}
	}
	return 0
}

// number decides the number of the virtual router that is to hold addr on link. The other
// node's is taken where it is heard, and asked for where this is the second node.
func (w *writer) number(field, link string, addr netip.Addr) string {
	taken := TakenOn(link, w.routers, w.here.Heard)
	chosen := w.answers[field]
	if chosen == "" {
		chosen = w.suggested(field, link, addr, taken)
		w.answers[field] = chosen
		return chosen
	}
	n, _ := strconv.Atoi(chosen)
	switch t, is := taken[n]; {
	case !is:
	case t.Router != "":
		w.refuse(refuse(VRIDUsed, field, "VRID", chosen, "Interface", link, "Router", t.Router, "Free", strconv.Itoa(Free(taken))))
	case !slices.Contains(t.Addresses, addr.String()):
		w.refuse(refuse(VRIDHeard, field, "VRID", chosen, "Interface", link, "From", t.From, "Addresses", list(t.Addresses), "Free", strconv.Itoa(Free(taken))))
	}
	return chosen
}

func (w *writer) suggested(field, link string, addr netip.Addr, taken map[int]Taken) string {
	for n := 1; n <= mostNumber; n++ {
		if t, is := taken[n]; is && t.Router == "" && slices.Contains(t.Addresses, addr.String()) {
			return strconv.Itoa(n)
		}
	}
	if w.answers[nodeField] == Second {
		w.refuse(refuse(VRIDUnknown, field, "Interface", link, "Address", addr.String()))
		return ""
	}
	n := Free(taken)
	if n == 0 {
		w.refuse(refuse(VRIDFull, field, "Interface", link))
		return ""
	}
	return strconv.Itoa(n)
}
