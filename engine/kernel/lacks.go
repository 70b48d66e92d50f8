package kernel

import (
	"bufio"
	"bytes"
	"holdfast/engine/code"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Lacks names what this process may not do and what the kernel lacks, as
// codes: no-net-admin (addresses and IPVS cannot be written), no-net-raw (no VRRP
// and no ARP can be sent), no-ipvs. Empty means that nothing is held back. It only
// looks: a module that is not loaded yet counts as absent until OpenIPVS loads it.
func Lacks() []string {
	var held []string
	caps := effectiveCapabilities()
	if caps&(1<<unix.CAP_NET_ADMIN) == 0 {
		held = append(held, code.NoNetAdmin)
	}
	if caps&(1<<unix.CAP_NET_RAW) == 0 {
		held = append(held, code.NoNetRaw)
	}
	if !hasIPVS() {
		held = append(held, code.NoIPVS)
	}
	return held
}

func hasIPVS() bool {
	g, err := openGenl()
	if err != nil {
		return false
	}
	defer g.close()
	_, err = family(g, "IPVS")
	return err == nil
}

// effectiveCapabilities reads the set from /proc/self/status. Where that cannot
// be read, root is believed to have them all and everybody else none; the call
// that needs one tells the truth.
func effectiveCapabilities() uint64 {
	text, err := os.ReadFile("/proc/self/status")
	if err == nil {
		if caps, ok := parseCapabilities(text); ok {
			return caps
		}
	}
	if os.Geteuid() == 0 {
		return ^uint64(0)
	}
	return 0
}

func parseCapabilities(status []byte) (uint64, bool) {
	for lines := bufio.NewScanner(bytes.NewReader(status)); lines.Scan(); {
		if hex, ok := strings.CutPrefix(lines.Text(), "CapEff:"); ok {
			caps, err := strconv.ParseUint(strings.TrimSpace(hex), 16, 64)
			return caps, err == nil
		}
	}
	return 0, false
}
