package state

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/netip"
	"slices"
	"strconv"

	"holdfast/engine/plan"
)

// writeJSON writes s as encoding/json does, but one service at a time: of a table of
// a hundred thousand destinations no second copy is made.
func writeJSON(w io.Writer, s plan.State) error {
	before, behind := s, plan.State{Daemons: s.Daemons, Links: s.Links, Settings: s.Settings, Drops: s.Drops, Timeouts: s.Timeouts}
	before.Services, before.Daemons, before.Links, before.Settings, before.Drops, before.Timeouts = nil, nil, nil, nil, nil, plan.Timeouts{}
	first, err := members(before)
	if err != nil {
		return err
	}
	last, err := members(behind)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(w, 64<<10)
	out.WriteByte('{')
	out.Write(first)
	if len(s.Services) > 0 {
		comma(out, len(first) > 0)
		out.WriteString(`"services":[`)
		var b []byte
		for i := range s.Services {
			comma(out, i > 0)
			b = appendService(b[:0], &s.Services[i])
			out.Write(b)
		}
		out.WriteByte(']')
	}
	comma(out, len(last) > 0 && len(first)+len(s.Services) > 0)
	out.Write(last)
	out.WriteByte('}')
	return out.Flush() // it tells of every error before
}

// members is what stands between the braces of s.
func members(s plan.State) ([]byte, error) {
	b, err := json.Marshal(s)
	return bytes.TrimSuffix(bytes.TrimPrefix(b, []byte("{")), []byte("}")), err
}

func comma(out *bufio.Writer, some bool) {
	if some {
		out.WriteByte(',')
	}
}

func appendService(b []byte, s *plan.Service) []byte {
	b = append(b, `{"key":{"protocol":`...)
	b = strconv.AppendUint(b, uint64(s.Key.Protocol), 10)
	b = appendAddr(append(b, `,"addr":`...), s.Key.Addr)
	b = appendNumber(b, "port", uint32(s.Key.Port))
	b = appendSome(b, "mark", s.Key.Mark)
	b = appendText(append(b, `},"scheduler":`...), []byte(s.Scheduler))
	b = appendSome(b, "flags", s.Flags)
	b = appendSome(b, "timeout", s.Timeout)
	if s.Netmask != (netip.Addr{}) {
		b = appendAddr(append(b, `,"netmask":`...), s.Netmask)
	}
	if s.Engine != "" {
		b = appendText(append(b, `,"engine":`...), []byte(s.Engine))
	}
	for i := range s.Destinations {
		if i == 0 {
			b = append(b, `,"destinations":[`...)
		} else {
			b = append(b, ',')
		}
		b = appendDestination(b, &s.Destinations[i])
	}
	if len(s.Destinations) > 0 {
		b = append(b, ']')
	}
	return append(b, '}')
}

func appendDestination(b []byte, d *plan.Destination) []byte {
	b = appendAddr(append(b, `{"addr":`...), d.Addr)
	b = appendNumber(b, "port", uint32(d.Port))
	b = appendNumber(b, "method", uint32(d.Method))
	if d.Wrap != (plan.Wrap{}) {
		wrap, err := json.Marshal(d.Wrap)
		if err != nil {
			panic("state: " + err.Error()) // it has numbers alone
		}
		b = append(append(b, `,"wrap":`...), wrap...)
	}
	b = appendNumber(b, "weight", d.Weight)
	b = appendSome(b, "upper", d.Upper)
	b = appendSome(b, "lower", d.Lower)
	return append(b, '}')
}

func appendNumber(b []byte, name string, n uint32) []byte {
	b = append(append(append(b, ',', '"'), name...), '"', ':')
	return strconv.AppendUint(b, uint64(n), 10)
}

// appendSome leaves out a zero.
func appendSome(b []byte, name string, n uint32) []byte {
	if n == 0 {
		return b
	}
	return appendNumber(b, name, n)
}

func appendAddr(b []byte, a netip.Addr) []byte {
	var room [64]byte
	text, err := a.AppendText(room[:0])
	if err != nil {
		panic("state: " + err.Error()) // every address has a text
	}
	return appendText(b, text)
}

// appendText appends a JSON string.
func appendText(b, text []byte) []byte {
	if !slices.ContainsFunc(text, escaped) {
		return append(append(append(b, '"'), text...), '"')
	}
	quoted, err := json.Marshal(string(text))
	if err != nil {
		panic("state: " + err.Error()) // every string can be said in JSON
	}
	return append(b, quoted...)
}

// escaped says whether encoding/json may write a byte otherwise.
func escaped(c byte) bool {
	return c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&'
}
