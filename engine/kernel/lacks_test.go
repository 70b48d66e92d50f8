package kernel

import (
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

func TestCapabilitiesAreReadFromTheStatusFile(t *testing.T) {
	const status = "Name:\tholdfast\nCapPrm:\tffffffffffffffff\nCapEff:\t0000000000001000\nCapBnd:\tffffffffffffffff\n"
	caps, ok := parseCapabilities([]byte(status))
	if !ok || caps != 1<<unix.CAP_NET_ADMIN {
		t.Errorf("%#x %v", caps, ok)
	}
	for _, bad := range []string{"", "CapEff:\txyz\n", "CapPrm:\tff\n"} {
		if _, ok := parseCapabilities([]byte(bad)); ok {
			t.Errorf("%q was believed", bad)
		}
	}
}

func TestAbilitiesTellWhetherTheKernelHasIPVS(t *testing.T) {
	k, err := OpenIPVS(Modprobe)
	if err == nil {
		k.Close()
	}
	if held := slices.Contains(Lacks(), "no-ipvs"); held != (err != nil) {
		t.Errorf("held back %v, but opening says %v", Lacks(), err)
	}
}
