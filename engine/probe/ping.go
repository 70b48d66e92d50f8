package probe

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"net"
	"syscall"
	"time"

	"golang.org/x/net/icmp"
	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
	"golang.org/x/sys/unix"

	"holdfast/engine/model"
)

// tokenLen is how many random bytes an echo request carries, so that the reply to
// another one, or to somebody else's, is not taken for its own.
const tokenLen = 16

// ping is PING_CHECK: up if the host answers an ICMP echo request within
// connect_timeout. keepalived opens the kernel's ping sockets to all for this
// (net.ipv4.ping_group_range) and leaves them so; a raw socket needs no such thing.
func (p *Prober) ping(ctx context.Context, c model.Check) Result {
	conn, err := dialICMP(ctx, c)
	if err != nil {
		return failed(err, c)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	if err := conn.SetDeadline(time.Now().Add(limit(c))); err != nil {
		return failed(err, c)
	}
	echo := icmp.Echo{Data: make([]byte, tokenLen, 64)}
	rand.Read(echo.Data) // never fails: crypto/rand ends the program where there is no randomness
	echo.ID = int(binary.BigEndian.Uint16(echo.Data))
	echo.Data = append(echo.Data, "holdfast check"...)
	request, want, protocol := icmp.Message{Type: ipv4.ICMPTypeEcho, Body: &echo}, icmp.Type(ipv4.ICMPTypeEchoReply), unix.IPPROTO_ICMP
	if c.Target.Addr.Is6() {
		request.Type, want, protocol = ipv6.ICMPTypeEchoRequest, ipv6.ICMPTypeEchoReply, unix.IPPROTO_ICMPV6
	}
	packet, err := request.Marshal(nil) // the kernel fills in the checksum of ICMPv6
	if err != nil {
		return failed(err, c)
	}
	if _, err := conn.Write(packet); err != nil {
		return failed(err, c)
	}
	answer := make([]byte, 1500)
	for {
		n, _, err := conn.ReadFromIP(answer)
		if err != nil {
			return failed(err, c)
		}
		m, err := icmp.ParseMessage(protocol, answer[:n])
		if err != nil || m.Type != want {
			continue
		}
		if reply, ok := m.Body.(*icmp.Echo); ok && reply.ID == echo.ID && bytes.Equal(reply.Data, echo.Data) {
			return Result{Up: true, Code: "echo", Text: "echo reply", answered: true}
		}
	}
}

// dialICMP opens a raw socket that hears the target alone.
func dialICMP(ctx context.Context, c model.Check) (*net.IPConn, error) {
	network := "ip4:icmp"
	if c.Target.Addr.Is6() {
		network = "ip6:ipv6-icmp"
	}
	d := net.Dialer{Timeout: limit(c), Control: func(_, _ string, raw syscall.RawConn) error { return prepareRaw(raw, network, c) }}
	if from := c.BindTo.Val; from.IsValid() {
		d.LocalAddr = &net.IPAddr{IP: from.AsSlice(), Zone: from.Zone()}
	}
	conn, err := d.DialContext(ctx, network, c.Target.Addr.String())
	if err != nil {
		return nil, err
	}
	raw, ok := conn.(*net.IPConn)
	if !ok {
		return nil, fmt.Errorf("%s: no raw socket", network)
	}
	return raw, nil
}
