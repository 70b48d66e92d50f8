package kit

import (
	"errors"
	"fmt"
	"hash/fnv"
	"net/netip"
	"slices"
	"strings"

	"holdfast/engine/plan"
)

// Service is what a real server has to know of the service whose packets reach it.
type Service struct {
	Name      string
	Addresses []netip.Addr // of the service; a mark has none
	Ways      []Way        // of its packets to the real servers, each once
}

// Way is how packets come to a real server.
type Way struct {
	Method plan.Method
	Wrap   plan.Wrap // of Tunnel
	Six    bool      // of Tunnel: the outer packet is one of IPv6
}

// Forms are what can set a network up again after a reboot; Now is none of them: what
// it does is gone then.
var Forms = []string{Now, Networkd, NetworkManager, Netplan, Ifupdown}

// The forms.
const (
	Now            = "now"
	Networkd       = "networkd"
	NetworkManager = "networkmanager"
	Netplan        = "netplan"
	Ifupdown       = "ifupdown"
)

// Why there is no script.
var (
	// ErrForm is a form that there is not.
	ErrForm = errors.New("no such form")
	// ErrMark is a service by firewall mark: nothing says which addresses it has.
	ErrMark = errors.New("a service by firewall mark has no address")
	// ErrNAT is a service whose real servers see nothing of its address.
	ErrNAT = errors.New("real servers behind NAT need no address of the service")
)

// Code is the code of why there is no script ("kit.CODE" are its words); "" where that is
// another error, or none.
func Code(err error) string {
	for code, is := range map[string]error{"form": ErrForm, "mark": ErrMark, "nat": ErrNAT} {
		if errors.Is(err, is) {
			return code
		}
	}
	return ""
}

// Words gives the sentence with this id ("kit.ID") in the reader's language.
type Words func(id string) string

// Script gives the script for form, or that undoes whatever form was run before. It is
// for a POSIX shell, does no harm when run again, and says what it does in comments.
func Script(s Service, form string, undo bool, words Words) (string, error) {
	s.Addresses = slices.Clone(s.Addresses)
	for i, a := range s.Addresses {
		s.Addresses[i] = a.Unmap()
	}
	slices.SortFunc(s.Addresses, netip.Addr.Compare)
	s.Addresses = slices.Compact(s.Addresses)
	s.Ways = slices.DeleteFunc(slices.Clone(s.Ways), func(w Way) bool { return w.Method != plan.DirectRoute && w.Method != plan.Tunnel })
	switch {
	case !slices.Contains(Forms, form):
		return "", fmt.Errorf("%w: %s (%s)", ErrForm, form, strings.Join(Forms, ", "))
	case len(s.Ways) == 0:
		return "", ErrNAT
	case len(s.Addresses) == 0:
		return "", ErrMark
	}
	b := &script{service: s, words: words}
	b.devices, b.ports = s.tunnels()
	b.head(undo)
	if undo {
		b.undo()
		return b.String(), nil
	}
	b.check(form)
	b.now()
	persist[form](b)
	b.comment("done")
	b.line("say 'ok: " + s.slug() + "'")
	return b.String(), nil
}

// script is a script that grows.
type script struct {
	strings.Builder
	service Service
	devices []device
	ports   []port
	words   Words
}

func (b *script) line(text string) { b.WriteString(text + "\n") }

// comment is a sentence as comments, below an empty line.
func (b *script) comment(id string) {
	b.WriteString("\n")
	for l := range strings.Lines(b.words("kit." + id)) {
		b.line("# " + strings.TrimRight(l, "\n"))
	}
}

// file has the script write a file of that text.
func (b *script) file(path, mode, text string) {
	b.line("write " + path + " " + mode + " <<'END'")
	b.WriteString(text)
	b.line("END")
}

// slug is the name as part of a path, and no other service's.
func (s Service) slug() string {
	plain := func(r rune) bool {
		return r == '.' || r == '-' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	}
	out := strings.Map(func(r rune) rune {
		if plain(r) {
			return r
		}
		return '-'
	}, s.Name)
	if strings.ReplaceAll(out, "-", ":") == s.Name && len(out) < 64 { // proto:address:port and no more
		return out
	}
	h := fnv.New32a()
	h.Write([]byte(s.Name))
	return fmt.Sprintf("%.60s-%08x", out, h.Sum32())
}

// shown is the name as a comment may have it.
func (s Service) shown() string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '?'
		}
		return r
	}, s.Name)
}

// four says whether an address of IPv4 is among those of the service.
func (s Service) four() bool { return slices.ContainsFunc(s.Addresses, netip.Addr.Is4) }

// whole is an address with the prefix that makes it no net.
func whole(a netip.Addr) string { return netip.PrefixFrom(a, a.BitLen()).String() }
