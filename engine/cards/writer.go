package cards

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"holdfast/engine/conf"
	"holdfast/engine/model"
)

// fileName is what a text is called while it is read; no answer has it.
const fileName = "keepalived.conf"

// writer appends the blocks of one card to one text.
type writer struct {
	answers map[string]string
	here    Here
	routers []model.Instance // of the text
	virtual []model.Virtual  // of the text
	names   map[string]bool  // of routers, groups and processes in the text and in b
	b       strings.Builder
	depth   int
	faults  Faults
	service string
	direct  bool
}

// Write appends to a text what the answers come to; a missing or empty answer is the
// default. The error is of Faults, with all that is wrong.
func (c Card) Write(text string, given map[string]string, here Here) (Made, error) {
	answers, faults := c.read(given)
	if len(faults) > 0 {
		return Made{Answers: answers}, faults
	}
	cfg, _ := model.Parse(fileName, []byte(text), here.Facts)
	w := &writer{answers: answers, here: here, routers: cfg.Instances, virtual: cfg.Virtuals, names: map[string]bool{}}
	for _, in := range cfg.Instances {
		w.names[in.Name] = true
	}
	for _, g := range cfg.Groups {
		w.names[g.Name] = true
	}
	for _, p := range cfg.Processes {
		w.names[p.Name] = true
	}
	c.write(w)
	if len(w.faults) > 0 {
		return Made{Answers: answers}, w.faults
	}
	before := text
	if before != "" && !strings.HasSuffix(before, "\n") {
		before += "\n"
	}
	if before != "" {
		before += "\n"
	}
	return Made{Text: before + w.b.String(), Added: w.b.String(), Answers: answers, Service: w.service, Direct: w.direct}, nil
}

func (w *writer) refuse(f *Fault) { w.faults = append(w.faults, f) }

// line writes a statement.
func (w *writer) line(words ...string) {
	w.b.WriteString(strings.Repeat("    ", w.depth) + strings.Join(words, " ") + "\n")
}

// block writes a statement with what inside writes in its braces. Blocks of the outermost
// level stand apart.
func (w *writer) block(inside func(), words ...string) {
	if w.depth == 0 && w.b.Len() > 0 {
		w.b.WriteString("\n")
	}
	w.line(append(words, "{")...)
	w.depth++
	inside()
	w.depth--
	w.line("}")
}

// free is the first name that begins so and is not taken, and takes it.
func (w *writer) free(prefix string) string {
	for n := 1; ; n++ {
		if name := prefix + strconv.Itoa(n); !w.names[name] {
			w.names[name] = true
			return name
		}
	}
}

// prefix is an answer that is an address. Its form was looked at before.
func (w *writer) prefix(field string) netip.Prefix {
	p, _ := prefixOf(w.answers[field])
	return p
}

// link is the interface of an answer, or the one whose network has the address.
func (w *writer) link(field string, addr netip.Addr) string {
	if w.answers[field] != "" {
		return w.answers[field]
	}
	best, bits := "", -1
	var names []string
	for _, name := range slices.Sorted(maps.Keys(w.here.Facts.Addresses)) {
		names = append(names, name)
		for _, p := range w.here.Facts.Addresses[name] {
			if p.Contains(addr) && p.Bits() > bits && !p.IsSingleIP() {
				best, bits = name, p.Bits()
			}
		}
	}
	if best == "" {
		w.refuse(refuse(WhichLink, field, "Address", addr.String(), "Names", cmp.Or(list(names), list(w.here.Facts.Interfaces))))
		return ""
	}
	w.answers[field] = best
	return best
}

// holder is the virtual router of the text that has an address, "": there is none.
func (w *writer) holder(addr netip.Addr) string {
	for _, in := range w.routers {
		for _, a := range slices.Concat(in.Addrs, in.Excluded) {
			if a.Prefix.Addr() == addr {
				return in.Name
			}
		}
	}
	return ""
}

// routerParts are what a virtual router is written from.
type routerParts struct {
	name, link, number string
	held               string // the address, as it was answered
	v6                 bool
	processes          []string
}

// router decides the parts of the virtual router that is to hold the address of a
// question. False: one of the text does already, or something is wrong.
func (w *writer) router(address, link, number string) (routerParts, bool) {
	p := w.prefix(address)
	if w.holder(p.Addr()) != "" {
		return routerParts{}, false
	}
	before := len(w.faults)
	r := routerParts{held: w.answers[address], v6: p.Addr().Is6()}
	if r.link = w.link(link, p.Addr()); r.link != "" {
		r.number = w.number(number, r.link, p.Addr())
	}
	if r.v6 && w.answers[passwordField] != "" {
		w.refuse(refuse(NoPassword, passwordField))
	}
	if len(w.faults) > before {
		return r, false
	}
	r.name = w.free("VI_")
	n, _ := strconv.Atoi(r.number)
	w.routers = append(w.routers, model.Instance{Name: r.name, Interface: r.link, VRID: uint8(n)})
	return r, true
}

// The priorities of both nodes: they are next to each other, so that any weight of a
// check makes the node with a failure lose.
var priorities = map[string]string{First: "100", Second: "99"}

var states = map[string]string{First: "MASTER", Second: "BACKUP"}

// writeRouter writes a virtual router.
func (w *writer) writeRouter(r routerParts) {
	node := w.answers[nodeField]
	w.block(func() {
		w.line("state", states[node])
		w.line("interface", conf.Quote(r.link))
		w.line("virtual_router_id", r.number)
		w.line("priority", priorities[node])
		w.line("advert_int", "1")
		if r.v6 {
			w.line("version", "3")
		}
		if password := w.answers[passwordField]; password != "" {
			w.block(func() {
				w.line("auth_type", "PASS")
				w.line("auth_pass", conf.Quote(password))
			}, "authentication")
		}
		w.block(func() { w.line(r.held) }, "virtual_ipaddress")
		if len(r.processes) > 0 {
			w.block(func() {
				for _, name := range r.processes {
					w.line(name)
				}
			}, "track_process")
		}
	}, "vrrp_instance", r.name)
}
