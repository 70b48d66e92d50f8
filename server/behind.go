package main

import (
	"errors"
	"net"
	"net/netip"
	"strings"

	"github.com/spf13/cobra"

	"holdfast/server/unixsocket"
	"holdfast/web"
)

// behindFlags name the TLS proxy before the console.
type behindFlags struct {
	origin  string
	proxies []string
}

func (b *behindFlags) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&b.origin, "behind", "", "")
	cmd.Flags().StringSliceVar(&b.proxies, "proxy", nil, "")
}

// proxy is the proxy that the flags name; nil is none.
func (b *behindFlags) proxy(e *env) (*web.Proxy, error) {
	if b.origin == "" {
		if len(b.proxies) > 0 {
			return nil, errors.New(e.Text("cli.proxy-alone", nil))
		}
		return nil, nil
	}
	p, err := web.NewProxy(b.origin, b.proxies)
	switch {
	case errors.Is(err, web.ErrOrigin):
		return nil, errors.New(e.Text("cli.behind-url", map[string]string{"Value": b.origin}))
	case err != nil:
		return nil, errors.New(e.Text("cli.proxy-address", map[string]string{"Value": strings.Join(b.proxies, ", ")}))
	}
	return p, nil
}

// args are the flags again, for the web process.
func (b *behindFlags) args() (args []string) {
	if b.origin != "" {
		args = append(args, "--behind="+b.origin)
	}
	for _, p := range b.proxies {
		args = append(args, "--proxy="+p)
	}
	return args
}

// nameIn is the host name in an address to listen on; "" where it is an IP address.
func nameIn(listen string) string {
	if _, ok := unixsocket.Path(listen); ok {
		return ""
	}
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return ""
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return ""
	}
	return host
}
