package probe

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"holdfast/engine/model"
)

// dnsTypes is the types that DNS_CHECK may ask for.
var dnsTypes = map[string]dnsmessage.Type{
	"A": dnsmessage.TypeA, "NS": dnsmessage.TypeNS, "CNAME": dnsmessage.TypeCNAME,
	"SOA": dnsmessage.TypeSOA, "MX": dnsmessage.TypeMX, "TXT": dnsmessage.TypeTXT,
	"AAAA": dnsmessage.TypeAAAA, "RRSIG": 46, "DNSKEY": 48, // RFC 4034
}

// dns is DNS_CHECK: up if an answer to our question says that there was no
// error, whatever else it says. It asks over UDP.
func (p *Prober) dns(ctx context.Context, c model.Check) Result {
	id := uint16(rand.Uint32())
	question, err := query(id, c)
	if err != nil {
		return Result{Code: "bad-name", Text: err.Error()}
	}
	conn, err := dial(ctx, "udp", c)
	if err != nil {
		return failed(err, c)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	if err := conn.SetDeadline(time.Now().Add(limit(c))); err != nil {
		return failed(err, c)
	}
	if _, err := conn.Write(question); err != nil {
		return failed(err, c)
	}
	answer := make([]byte, 4096)
	for {
		n, err := conn.Read(answer)
		if err != nil {
			return failed(err, c)
		}
		if r, ours := dnsAnswer(id, answer[:n]); ours {
			return r
		}
		// A stray datagram; the deadline ends the wait.
	}
}

// dnsAnswer is what a datagram says to the question with that number; false: nothing.
// More than its header is not looked at.
func dnsAnswer(id uint16, datagram []byte) (Result, bool) {
	var parser dnsmessage.Parser
	h, err := parser.Start(datagram)
	if err != nil || h.ID != id || !h.Response {
		return Result{}, false
	}
	code := rcode(h.RCode)
	return Result{
		Up: h.RCode == dnsmessage.RCodeSuccess, Code: "dns", Text: "DNS " + code, answered: true,
		Args: map[string]string{"rcode": code},
	}, true
}

func query(id uint16, c model.Check) ([]byte, error) {
	kind, known := dnsTypes[strings.ToUpper(c.QueryType.Val)]
	if !known {
		kind = dnsmessage.TypeSOA
	}
	name, err := dnsmessage.NewName(strings.TrimSuffix(c.AskedName(), ".") + ".")
	if err != nil {
		return nil, fmt.Errorf("name %s cannot be asked for: %w", c.QueryName.Val, err)
	}
	m := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: id, RecursionDesired: true},
		Questions: []dnsmessage.Question{{Name: name, Type: kind, Class: dnsmessage.ClassINET}},
	}
	packed, err := m.Pack()
	if err != nil {
		return nil, fmt.Errorf("name %s cannot be asked for: %w", c.QueryName.Val, err)
	}
	return packed, nil
}

// rcode names a response code as RFC 6895 does.
func rcode(code dnsmessage.RCode) string {
	names := []string{"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"}
	if int(code) < len(names) {
		return names[code]
	}
	return "RCODE " + strconv.Itoa(int(code))
}
