package model

import (
	"net/netip"
	"slices"
)

// CheckHost is host in SMTP_CHECK, the old way to ask several hosts: each is a check of
// the server. Only how it connects is its own; the other words are those of the check
// around it.
type CheckHost struct {
	ConnectIP   Opt[netip.Addr] `kw:"connect_ip" since:"..1.2.8"`
	ConnectPort Opt[uint16]     `kw:"connect_port" range:"1..65535" since:"..1.2.8"`
	BindTo      Opt[netip.Addr] `kw:"bindto" since:"..1.2.8"`
	BindIf      Opt[string]     `kw:"bind_if" names:"interface" since:"1.3.7"`
	BindPort    Opt[uint16]     `kw:"bind_port" range:"1..65535" since:"1.2.13"`
	FWMark      Opt[uint32]     `kw:"fwmark" range:"0..4294967295" since:"1.2.13"`
	Timing      Timing          `part:""`
	Alpha       Opt[bool]       `kw:"alpha"`
	LogFailures Opt[bool]       `kw:"log_all_failures"`
	Kept        []Item
}

// withHosts puts a check for each host in place of the check that lists them. That one
// stays where it says itself how to connect.
func withHosts(checks []Check) []Check {
	if !slices.ContainsFunc(checks, func(c Check) bool { return len(c.Hosts) > 0 }) {
		return checks
	}
	all := make([]Check, 0, len(checks)+1)
	for _, c := range checks {
		hosts := c.Hosts
		c.Hosts = nil
		for _, h := range hosts {
			c.takeCommon(h)
		}
		if len(hosts) == 0 || c.connects() {
			all = append(all, c)
		}
		for _, h := range hosts {
			all = append(all, c.to(h))
		}
	}
	return all
}

// takeCommon takes from a host what is said there of the whole check.
func (c *Check) takeCommon(h CheckHost) {
	wait := c.Timing.ConnectTimeout
	c.Timing = over(h.Timing, c.Timing)
	c.Timing.ConnectTimeout = wait
	if h.Alpha.Written {
		c.Alpha = h.Alpha
	}
	if h.LogFailures.Written {
		c.LogFailures = h.LogFailures
	}
}

// connects says whether the check itself has a word for how to connect.
func (c *Check) connects() bool {
	return c.ConnectIP.Written || c.ConnectPort.Written || c.BindTo.Written || c.BindPort.Written || c.BindIf.Written ||
		c.FWMark.Written || c.Timing.ConnectTimeout.Written
}

// to is the check of a host of c.
func (c Check) to(h CheckHost) Check {
	c.ConnectIP, c.ConnectPort, c.BindTo, c.BindPort, c.BindIf, c.FWMark = h.ConnectIP, h.ConnectPort, h.BindTo, h.BindPort, h.BindIf, h.FWMark
	c.Timing.ConnectTimeout = h.Timing.ConnectTimeout
	return c
}
