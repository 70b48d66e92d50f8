package plan

import (
	"net/netip"
	"slices"
	"testing"
)

func service(verb Verb, addr string) Op {
	return Op{Verb: verb, Service: Service{Key: ServiceKey{Protocol: 6, Addr: netip.MustParseAddr(addr), Port: 80}, Scheduler: "rr"}}
}

func TestTheLastServiceOfAFamilyGoesOnlyWhenAnotherStands(t *testing.T) {
	add4, add6 := service(AddService, "192.0.2.1"), service(AddService, "2001:db8::1")
	more := service(AddService, "192.0.2.2")
	gone4, gone4too, gone6 := service(DeleteService, "192.0.2.8"), service(DeleteService, "192.0.2.9"), service(DeleteService, "2001:db8::9")
	for name, c := range map[string]struct {
		first, last Plan
		refused     []Op
		there       []ServiceKey
		want        Plan
	}{
		"the successor stands":         {Plan{add4}, Plan{gone4}, nil, nil, Plan{gone4}},
		"the successor is refused":     {Plan{add4}, Plan{gone4}, []Op{add4}, nil, Plan{}},
		"one of two is refused":        {Plan{add4, more}, Plan{gone4, gone4too}, []Op{more}, nil, Plan{gone4, gone4too}},
		"both are refused":             {Plan{add4, more}, Plan{gone4, gone4too}, []Op{add4, more}, nil, Plan{gone4too}},
		"that of another family is":    {Plan{add4, add6}, Plan{gone4, gone6}, []Op{add6}, nil, Plan{gone4}},
		"nothing follows in one":       {Plan{add4}, Plan{gone4, gone6}, nil, nil, Plan{gone4, gone6}},
		"a destination is refused":     {Plan{add4, {Verb: AddDestination, Service: add4.Service}}, Plan{gone4}, []Op{{Verb: AddDestination, Service: add4.Service}}, nil, Plan{gone4}},
		"another stays besides":        {Plan{add4}, Plan{gone4}, []Op{add4}, []ServiceKey{gone4.Service.Key, more.Service.Key}, Plan{gone4}},
		"nothing follows, all refused": {Plan{add4}, Plan{gone6}, []Op{add4}, nil, Plan{gone6}},
	} {
		same := func(a, b Op) bool { return a.Verb == b.Verb && a.Service.Key == b.Service.Key }
		if got := WithSuccessors(c.last, c.first, c.refused, c.there); !slices.EqualFunc(got, c.want, same) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	if first, last := Successors(Plan{add4, gone4}); len(first) != 1 || len(last) != 1 {
		t.Errorf("%v, %v", first, last)
	}
	for name, p := range map[string]Plan{"nothing is added": {gone4, gone6}, "nothing goes": {add4}, "another family": {add6, gone4}, "nothing": nil} {
		if first, last := Successors(p); len(first) != len(p) || len(last) != 0 {
			t.Errorf("%s: %v, %v", name, first, last)
		}
	}
}
