package web_test

import (
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"holdfast/test/lab"
)

// inside says to a process of this test that it is the one that is measured.
const inside = "HOLDFAST_TEST_ROOM"

// rested is what a process of the console may take once a large text is done with.
const rested = 200 << 20

func TestSizeInMemoryOfALargeTextIsGivenBackByARealProcess(t *testing.T) {
	t.Parallel()
	if os.Getenv(inside) == "" {
		self := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
		self.Env = append(os.Environ(), inside+"=1")
		if out, err := self.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	h := open(t)
	h.working()
	b := h.admin()
	text := strings.Repeat("x\n", 5<<20)
	b.call(http.MethodPut, "/candidate", map[string]any{"text": text, "version": 0}, nil).must(t, 200)
	text = ""
	if got := b.get("/changes"); got.status != 200 || len(got.body) < 10<<20 {
		t.Fatalf("%d, %d bytes", got.status, len(got.body))
	}
	peak := lab.Memory(t, os.Getpid(), "VmHWM")
	for range 600 {
		if lab.Memory(t, os.Getpid(), "VmRSS") < rested {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if now := lab.Memory(t, os.Getpid(), "VmRSS"); now >= rested || peak < rested {
		t.Errorf("%d MiB are resident, after %d", now>>20, peak>>20)
	}
}
