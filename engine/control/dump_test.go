package control

import (
	"syscall"
	"testing"
)

// The numbers are those that keepalived 2.2.7 of Debian 12 answers.
func TestSignalsHaveKeepalivedsNumbers(t *testing.T) {
	for name, want := range map[string]syscall.Signal{"STOP": 15, "RELOAD": 1, "DATA": 10, "STATS": 12, "STATS_CLEAR": 63, "JSON": 36} {
		if sig, ok := Signum(name); !ok || sig != want {
			t.Errorf("%s is %d, want %d", name, sig, want)
		}
	}
	if sig, ok := Signum("json"); ok {
		t.Error("a name that keepalived does not know has the number", sig)
	}
}

func TestOnlySignalsOfReportsAskForOne(t *testing.T) {
	for _, sig := range DumpSignals() {
		d, ok := DumpOf(sig)
		if back, known := Signum(string(d)); !ok || !known || back != sig {
			t.Error(sig, d)
		}
	}
	if d, ok := DumpOf(syscall.SIGTERM); ok {
		t.Error("SIGTERM asks for", d)
	}
}
