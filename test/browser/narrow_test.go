package browser

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"holdfast/engine/control"
	"holdfast/test/tutorial"
)

// phone is the width of a phone.
const phone = 400

// What has to be so on a phone: a script that gives "" where it is, else what it found.
var onAPhone = map[string]struct{ path, script string }{
	"the navigation is one row": {"/", `(() => {
		const tops = new Set([...document.querySelectorAll(".nav a")].map((e) => e.getBoundingClientRect().top));
		return tops.size === 1 ? "" : tops.size + " rows";
	})()`},
	"a button in a card is no column of letters": {"/changes", `(() => {
		const r = document.querySelector("#adopt").getBoundingClientRect();
		return r.height < 50 ? "" : Math.round(r.width) + " by " + Math.round(r.height);
	})()`},
	"facts stand beside their names": {"/vips/VI_1", `[...document.querySelectorAll("dl.facts dt")]
		.filter((e) => e.nextElementSibling.getBoundingClientRect().top > e.getBoundingClientRect().top + 12)
		.map((e) => e.textContent).join(" | ")`},
}

func TestTheConsoleFitsAPhone(t *testing.T) {
	s := build(t)
	b := s.setUp()
	s.runElsewhere()
	b.size(phone)
	for _, lang := range []string{"en", "zh-CN"} {
		b.visit("/")
		b.seesWithin(time.Minute, `[data-instance="VI_1"]`)
		b.prefer("lang", lang)
		for fact, look := range onAPhone {
			b.visit(look.path)
			b.sees(`html[lang="` + lang + `"] h1`)
			var found string
			b.do("measure "+look.path, chromedp.Evaluate(look.script, &found))
			if found != "" {
				t.Errorf("%s: not so that %s: %s", lang, fact, found)
			}
		}
	}
	b.clean()
}

// over finds steps of a dialogue that cover what was said in them.
const over = `[...document.querySelectorAll("ol.dialogue li")].filter((li) => {
	const step = li.querySelector(".status").getBoundingClientRect(), said = li.querySelector(".said").getBoundingClientRect();
	return said.width > 0 && step.right > said.left + 1 && step.left < said.right && step.bottom > said.top + 1 && step.top < said.bottom;
}).map((li) => li.dataset.step).join(" ")`

func TestTheStepsOfAMailTestCoverNothing(t *testing.T) {
	s := build(t)
	b := s.setUp()
	for _, lang := range []string{"en", "zh-CN"} {
		for _, width := range []int64{phone, 1280} {
			b.size(width)
			b.visit("/system/mail")
			b.prefer("lang", lang)
			b.visit("/system/mail")
			for field, value := range map[string]string{"host": "127.0.0.1", "port": "25", "from": "a@example.org", "to": "b@example.org"} {
				b.do("fill in "+field, chromedp.SetValue("#"+field, value))
			}
			b.press("#test")
			b.sees("#dialogue [data-step]")
			var found string
			b.do("measure the dialogue", chromedp.Evaluate(over, &found))
			if found != "" {
				t.Errorf("%s at %d pixels: %s", lang, width, found)
			}
			b.picture(fmt.Sprintf("mail-test-%s-%d", lang, width))
		}
	}
	b.clean()
}

// runElsewhere has node 1 run the tutorial's text as if somebody else had applied it.
func (s *stage) runElsewhere() {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.Context(), time.Minute)
	defer cancel()
	for _, role := range control.Roles {
		client := control.Dial(control.Socket(s.node1.Run, role))
		s.soon(role+" takes the text", func() bool {
			_, err := client.Apply(ctx, control.ApplyRequest{Text: tutorial.Config(1, tutorial.Literal)})
			return err == nil
		})
	}
}
