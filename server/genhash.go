package main

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"holdfast/engine/model"
	"holdfast/engine/probe"
)

// page names what genhash fetches, in the words of keepalived's genhash.
type page struct {
	server   string
	port     uint16
	path     string
	tls, sni bool
	host     string // Host header and SNI; "" is server:port
	protocol string
	timeout  uint16 // in seconds
}

func newGenhash(e *env) *cobra.Command {
	var p page
	cmd := &cobra.Command{Use: "genhash -s SERVER -p PORT -u PATH", Args: needs(e, "server"), RunE: func(cmd *cobra.Command, _ []string) error {
		if p.protocol = strings.ToUpper(p.protocol); !slices.Contains([]string{"1.0", "1.0C", "1.1"}, p.protocol) {
			return usage(e, "usage.flag-bad", "Flag", "--protocol", "Value", p.protocol, "Takes", e.Text("usage.takes.protocol", nil))
		}
		if p.timeout == 0 {
			return usage(e, "usage.flag-bad", "Flag", "--timeout", "Value", "0", "Takes", e.Text("usage.takes.seconds", nil))
		}
		check, err := p.check()
		if err != nil {
			return err
		}
		digest, err := probe.Digest(cmd.Context(), check)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(e.Out, digest)
		return err
	}}
	f := cmd.Flags()
	f.StringVarP(&p.server, "server", "s", "", "")
	f.Uint16VarP(&p.port, "port", "p", 80, "")
	f.StringVarP(&p.path, "url", "u", "/", "")
	f.BoolVarP(&p.tls, "use-ssl", "S", false, "")
	f.BoolVarP(&p.sni, "use-sni", "I", false, "")
	f.StringVarP(&p.host, "virtualhost", "V", "", "")
	f.StringVarP(&p.protocol, "protocol", "P", "1.0", "")
	f.Uint16VarP(&p.timeout, "timeout", "t", 5, "")
	return cmd
}

// check is the HTTP_GET or SSL_GET that would fetch the page: what it compares
// with a digest is what genhash prints.
func (p page) check() (c model.Check, err error) {
	c.Kind, c.SNI, c.HTTP = model.HTTPGet, p.sni, model.Some(p.protocol)
	if p.tls {
		c.Kind = model.SSLGet
	}
	c.Target.Port = p.port
	if c.Target.Addr, err = netip.ParseAddr(p.server); err != nil {
		named, unknown := net.ResolveIPAddr("ip", p.server)
		if unknown != nil {
			return c, unknown
		}
		c.Target.Addr, _ = netip.AddrFromSlice(named.IP)
		c.Target.Addr = c.Target.Addr.Unmap()
	}
	c.Timing.ConnectTimeout = model.Some(model.Seconds(time.Duration(p.timeout) * time.Second))
	c.URLs = []model.URL{{Path: p.path, VirtualHost: model.Opt[string]{Val: p.host, Written: p.host != ""}}}
	return c, nil
}
