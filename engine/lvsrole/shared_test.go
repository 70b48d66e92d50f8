package lvsrole

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/model"
)

func TestVirtualServersThatTwoTextsShareGoOnAsIfTheyWereReadAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(7, 9))
		blocks := make([]string, 10)
		for i := range blocks {
			blocks[i] = randomBlock(r, i)
		}
		shared, fresh := newWorld(t), newWorld(t)
		before := next(t, strings.Join(blocks, ""), model.Accepted{})
		p, q := shared.boot(before.Config, shared.options()), fresh.boot(configOf(t, before.Text), fresh.options())
		defer p.crash()
		defer q.crash()
		for step := range 60 {
			down := fmt.Sprintf("10.9.0.%d:80", 1+r.IntN(6))
			shared.breakDown(down, "down")
			fresh.breakDown(down, "down")
			time.Sleep(5 * time.Second)
			synctest.Wait()
			i := r.IntN(len(blocks))
			if blocks[i] = randomBlock(r, i); step%7 == 6 {
				blocks[i] = ""
			}
			before = next(t, strings.Join(blocks, ""), before)
			got, want := p.apply(before.Config), q.apply(configOf(t, before.Text))
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("step %d: it did\n%+v\nwant\n%+v", step, got, want)
			}
			if got, want := shared.table(), fresh.table(); !reflect.DeepEqual(got, want) {
				t.Fatalf("step %d: the table is\n%+v\nwant\n%+v", step, got, want)
			}
			if got, want := statesOf(p.status()), statesOf(q.status()); got != want {
				t.Fatalf("step %d: the status is\n%s\nwant\n%s", step, got, want)
			}
			shared.heal(down)
			fresh.heal(down)
		}
		if got, want := len(shared.entries), len(fresh.entries); got != want || got < 100 {
			t.Errorf("the journal has %d entries, want %d", got, want)
		}
	})
}

func randomBlock(r *rand.Rand, i int) string {
	var b strings.Builder
	randomVirtual(&b, r, i, allSchedulers)
	return b.String()
}

// next reads a text as the process round the role does, beside the one before.
func next(t testing.TB, text string, before model.Accepted) model.Accepted {
	t.Helper()
	cfg, findings := model.ParseNext("lvs.conf", text, before, model.Facts{})
	if model.Failed(findings) {
		t.Fatalf("%+v", findings)
	}
	return model.Accepted{Text: text, Config: model.ResolveOwn(cfg)}
}

// statesOf is what a status says of virtual servers, servers and checks.
func statesOf(s control.Status) string { return fmt.Sprintf("%+v %v", s.Virtuals, s.Held) }
