package lab

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
)

// Table is the node's IPVS table as `ipvsadm -Sn` prints it, a line each.
func (n *Node) Table() []string {
	n.lab.Helper()
	var lines []string
	for line := range strings.Lines(n.Run(Peer("ipvsadm"), "-Sn")) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// Pool is the IPv4 servers in the node's IPVS table, sorted, e.g.
// "192.0.2.33:80". It is read from /proc, since it is asked for often and a
// program costs much in the guest.
func (n *Node) Pool() []string {
	n.lab.Helper()
	var text []byte
	err := n.Do(func() (err error) {
		text, err = os.ReadFile("/proc/thread-self/net/ip_vs")
		return err
	})
	if err != nil {
		n.lab.Fatalf("table of %s: %v", n.Name, err)
	}
	servers, err := destinations(string(text))
	if err != nil {
		n.lab.Fatalf("table of %s: %v", n.Name, err)
	}
	return servers
}

// destinations reads the lines "-> C0000221:0050 Route 1 0 0" of /proc/net/ip_vs.
func destinations(text string) ([]string, error) {
	var servers []string
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) < 2 || words[0] != "->" || strings.Contains(words[1], "RemoteAddress") {
			continue
		}
		host, port, _ := strings.Cut(words[1], ":")
		b, err := hex.DecodeString(host)
		if err != nil || len(b) != 4 {
			return nil, fmt.Errorf("no IPv4 address in %q", line)
		}
		number, err := strconv.ParseUint(port, 16, 16)
		if err != nil {
			return nil, err
		}
		servers = append(servers, netip.AddrPortFrom(netip.AddrFrom4([4]byte(b)), uint16(number)).String())
	}
	slices.Sort(servers)
	return servers, nil
}
