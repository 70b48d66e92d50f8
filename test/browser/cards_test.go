package browser

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"holdfast/test/lab"
)

// choose picks one of the choices that stand beside each other.
func (b *browser) choose(field, value string) {
	b.Helper()
	b.do("choose "+value, chromedp.Click(fmt.Sprintf(`[data-field="%s"] input[value="%s"]`, field, value), chromedp.ByQuery))
}

// written is how a person fills an empty field of several lines.
func (b *browser) written(selector, text string) {
	b.Helper()
	b.do("write into "+selector, chromedp.SendKeys(selector, text, chromedp.ByQuery))
}

// pick takes an entry of a list, as a person does: the page is told.
func (b *browser) pick(field, value string) {
	b.Helper()
	b.do("pick "+value, chromedp.SetValue("#f-"+field, value, chromedp.ByQuery),
		chromedp.Evaluate(`document.getElementById("f-`+field+`").dispatchEvent(new Event("input", {bubbles: true}))`, nil))
}

// shows waits until an element that follows the keys has the words.
func (b *browser) shows(s *stage, selector string, words ...string) {
	b.Helper()
	b.sees(selector)
	s.soon(selector+" shows "+strings.Join(words, ", "), func() bool {
		text := b.read(selector)
		for _, w := range words {
			if !strings.Contains(text, w) {
				return false
			}
		}
		return true
	})
}

// printed is what a command of the page prints on a node.
func (s *stage) printed(n *lab.Node, command string) string {
	s.Helper()
	return n.Run("sh", "-c", strings.Replace(command, "holdfast card", lab.Binary()+" card --run-dir "+s.node1.Run, 1))
}

// checked says what is found in a text on the first node.
func (s *stage) checked(text string) string {
	s.Helper()
	file := s.lab.Dir + "/checked.conf"
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		s.Fatal(err)
	}
	return s.d1.Run("sh", "-c", lab.Binary()+" check --lang en "+file+" || true")
}

// inEditor is the text that waits.
func (b *browser) inEditor() string {
	b.Helper()
	var text string
	b.visit("/changes")
	b.do("read the editor", chromedp.Value("#text", &text))
	return text
}

func TestOneAddressOnTwoNodesIsWalkedFromEmptyToRunning(t *testing.T) {
	s := build(t)
	s.node2.Stop()
	b := s.setUp()
	b.sees(`[data-headline="empty"]`)
	b.picture("empty")
	b.press(`#begin a[href="/cards"]`)
	b.sees("#cards")
	b.picture("cards")
	b.press(`[data-card="pair"] a`)
	b.typed("#f-address", "172.16.1.120/32")
	b.shows(s, "#preview .config", "172.16.1.120/32", "interface eth0", "virtual_router_id 51")
	b.do("open the commands", chromedp.Click("#commands summary", chromedp.ByQuery))
	here, there := b.read("#command-here"), b.read("#command-there")
	b.picture("pair")
	b.press("#save-card")
	b.sees("#plan")
	b.holds("#plan", "172.16.1.120")
	if text := s.printed(s.d1, here); text != b.inEditor() {
		t.Errorf("%s prints another text:\n%s", here, text)
	}
	b.visit("/changes")
	b.picture("plan")
	b.apply("an address on two nodes")
	b.keep()
	b.visit("/")
	b.seesWithin(time.Minute, `[data-instance="VI_1"][data-role="MASTER"]`)
	address, wire := s.lab.Addr(120), s.lab.Capture()
	if !s.d1.Holds(address) {
		t.Errorf("the page says master, and the kernel has %v", s.d1.Addresses())
	}
	begun := time.Now()
	s.soon("the first node advertises", func() bool { return len(wire.Adverts(s.d1.Addr, begun)) > 0 })

	t.Log("the second node runs the other text, and takes over when the first one ends")
	s.d2.Direct(lab.Holdfast(), s.printed(s.d2, there))
	s.soon("the second node is backup", func() bool {
		return strings.Contains(s.d2.Run("sh", "-c", lab.Binary()+" status --run-dir "+s.node2.Run+" || true"), "BACKUP")
	})
	if s.d2.Holds(address) {
		t.Error("both nodes hold the address")
	}
	b.clean()
	begun = s.node1.Crash()
	s.soon("the second node takes over", func() bool { return s.d2.Holds(address) && len(wire.Adverts(s.d2.Addr, begun)) > 0 })
}

func TestEachOtherCardEndsInATextInWhichNothingIsFound(t *testing.T) {
	s := build(t)
	b := s.setUp()
	for _, card := range []struct {
		name  string
		walk  func()
		words []string
	}{
		{"nat", func() {
			b.typed("#f-gateway", "172.16.2.1/24")
			b.pick("inner-interface", "eth0")
			b.written("#f-servers", "172.16.2.33\n172.16.2.34 2")
		}, []string{"vrrp_sync_group", "172.16.2.34 80", "virtual_router_id 52"}},
		{"farm", func() {
			b.written("#f-servers", "172.16.1.33\n172.16.1.34 2")
			b.typed("#f-password", "64e06f86")
		}, []string{"sorry_server 127.0.0.1 80", "lb_kind DR", "auth_pass 64e06f86"}},
		{"proxy", func() { b.typed("#f-process", "haproxy") }, []string{"process haproxy", "weight -10"}},
		{"port", func() {
			b.pick("kind", "mysql")
			b.choose("method", "NAT")
			b.written("#f-servers", "172.16.1.33, 172.16.1.34")
		}, []string{"virtual_server 172.16.1.100 3306", "lb_kind NAT", "TCP_CHECK"}},
	} {
		b.visit("/cards/" + card.name)
		b.typed("#f-address", "172.16.1.100/32")
		card.walk()
		b.shows(s, "#preview .config", card.words...)
		b.do("open the commands", chromedp.Click("#commands summary", chromedp.ByQuery))
		command := b.read("#command-here")
		b.picture(card.name)
		b.press("#save-card")
		b.sees("#plan")
		text := b.inEditor()
		if printed := s.printed(s.d1, command); printed != text {
			t.Errorf("%s prints another text:\n%s", command, printed)
		}
		if found := s.checked(text); !strings.HasSuffix(strings.TrimSpace(found), ": errors 0, warnings 0, notes 0") {
			t.Errorf("%s: %s", card.name, found)
		}
		b.press("#discard")
	}
	b.clean()
}
