package lab

import (
	"slices"
	"strings"
)

// Table is the node's IPVS table as `ipvsadm -Sn` prints it, a line each,
// without the word ipvsadm.
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

// Pool is the servers in the node's IPVS table, sorted, e.g. "192.0.2.33:80".
func (n *Node) Pool() []string {
	n.lab.Helper()
	var servers []string
	for _, line := range n.Table() {
		words := strings.Fields(line)
		if i := slices.Index(words, "-r"); i > 0 && i+1 < len(words) {
			servers = append(servers, words[i+1])
		}
	}
	slices.Sort(servers)
	return servers
}
