package kernel

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"holdfast/engine/plan"

	"golang.org/x/sys/unix"
)

// TestTwinTakesTheWordsOfAnAddressLikeTheKernel does the same by chance in both.
func TestTwinTakesTheWordsOfAnAddressLikeTheKernel(t *testing.T) {
	twin, kernel := twinWorld(), kernelWorld(t)
	r := rand.New(rand.NewPCG(1, 2))
	pick := func(words ...string) string { return words[r.IntN(len(words))] }
	for range 2000 {
		a := near(pick("198.51.100.1/24", "198.51.100.2/24", "198.51.100.2/25", "198.51.100.3/32", "2001:db8::1/64", "2001:db8::1/128"))
		a.Label = pick("", "near", "near:1", "other")
		a.Scope = []uint8{0, 0, 200, 253, 77}[r.IntN(5)]
		if b := pick("", "0.0.0.0", "198.51.100.255", "192.0.2.7"); b != "" {
			a.Broadcast = netip.MustParseAddr(b)
		}
		o := add(a)
		if r.IntN(2) == 0 {
			o = del(a)
		}
		var answers [2]unix.Errno
		var state [2][]plan.Address
		for i, w := range []world{twin, kernel} {
			_, err := w.Apply(context.Background(), plan.Plan{o})
			errors.As(err, &answers[i])
			state[i] = addresses(t, w.Addresses)
		}
		if answers[0] != answers[1] || !slices.Equal(state[0], state[1]) {
			t.Fatalf("%s:\ntwin   %v %+v\nkernel %v %+v", o, answers[0], state[0], answers[1], state[1])
		}
	}
}
