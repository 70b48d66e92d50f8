package cards

import (
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"holdfast/engine/conf"
	"holdfast/engine/model"
)

// server is a real server as it was answered.
type server struct {
	addr   netip.Addr
	weight int
}

// read are answers with defaults in the place of those that are missing, and what is
// wrong with the form of each.
func (c Card) read(given map[string]string) (map[string]string, Faults) {
	answers := map[string]string{}
	faults := c.unknown(given)
	for _, f := range c.Fields {
		value := strings.TrimSpace(given[f.Name])
		if value == "" {
			value = f.Default
		}
		answers[f.Name] = value
		if fault := f.wrong(value); fault != nil {
			faults = append(faults, fault)
		}
	}
	return answers, faults
}

// unknown are the answers to what the card does not ask.
func (c Card) unknown(given map[string]string) (faults Faults) {
	var names []string
	for _, f := range c.Fields {
		names = append(names, f.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if !slices.Contains(names, name) {
			faults = append(faults, refuse(NoQuestion, name, "Name", name, "Hint", model.Nearest(name, names), "Names", list(names)))
		}
	}
	return faults
}

// wrong says what is wrong with the form of an answer; nil: nothing.
func (f Field) wrong(value string) *Fault {
	if value == "" {
		if f.Need {
			return refuse(Missing, f.Name, "Name", f.Name)
		}
		return nil
	}
	switch f.Kind {
	case Choice:
		if !slices.Contains(f.Values, value) {
			return refuse(NotChoice, f.Name, "Value", value, "Values", list(f.Values))
		}
	case Address:
		if _, ok := prefixOf(value); !ok {
			return refuse(NotAddress, f.Name, "Value", value)
		}
	case Number:
		return numberFault(f.Name, value, f.Least, f.Most)
	case VRID:
		return numberFault(f.Name, value, 1, mostNumber)
	case Password:
		if len(value) > mostPassword {
			return refuse(LongPassword, f.Name, "N", strconv.Itoa(len(value)))
		}
		return wordFault(f.Name, value)
	case Word, Interface:
		return wordFault(f.Name, value)
	case Servers:
		_, fault := serversOf(f.Name, value)
		return fault
	}
	return nil
}

// mostPassword is how many bytes of a password VRRP carries.
const mostPassword = 8

// mostNumber is the largest number of a virtual router.
const mostNumber = 255

func numberFault(name, value string, least, most int) *Fault {
	if n, err := strconv.Atoi(value); err != nil || n < least || n > most {
		return refuse(NotNumber, name, "Value", value, "Least", strconv.Itoa(least), "Most", strconv.Itoa(most))
	}
	return nil
}

// wordFault refuses what would not stay one word of the text.
func wordFault(name, value string) *Fault {
	for _, r := range value {
		if r <= ' ' || r == 0x7f {
			return refuse(NotWord, name, "Value", value)
		}
	}
	f := conf.NewDraft("", "w "+conf.Quote(value)+"\n", conf.Options{}).File()
	if len(f.Problems) > 0 || len(f.Nodes) != 1 || len(f.Nodes[0].Words) != 2 || f.Nodes[0].Word(1) != value {
		return refuse(NotWord, name, "Value", value)
	}
	return nil
}

// prefixOf reads an address with or without the length of a prefix.
func prefixOf(text string) (netip.Prefix, bool) {
	if p, err := netip.ParsePrefix(text); err == nil {
		return p, !p.Addr().IsUnspecified() && !p.Addr().IsMulticast()
	}
	a, err := netip.ParseAddr(text)
	if err != nil || a.Zone() != "" || a.IsUnspecified() || a.IsMulticast() {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(a, a.BitLen()), true
}

// serversOf reads real servers: an address and, where it is not 1, its weight, in lines or
// behind commas.
func serversOf(name, text string) ([]server, *Fault) {
	var all []server
	for _, line := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' || r == ',' || r == ';' }) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		one := server{weight: 1}
		addr, err := netip.ParseAddr(words[0])
		if err == nil && len(words) == 2 {
			one.weight, err = strconv.Atoi(words[1])
		}
		if err != nil || len(words) > 2 || one.weight < 0 || one.weight > 65535 || addr.Zone() != "" || addr.IsUnspecified() || addr.IsMulticast() {
			return nil, refuse(NotServer, name, "Value", strings.TrimSpace(line))
		}
		one.addr = addr
		if slices.ContainsFunc(all, func(s server) bool { return s.addr == addr }) {
			return nil, refuse(ServerTwice, name, "Value", addr.String())
		}
		all = append(all, one)
	}
	if len(all) == 0 {
		return nil, refuse(Missing, name, "Name", name)
	}
	return all, nil
}
