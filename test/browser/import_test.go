package browser

import (
	"os"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"

	"holdfast/test/tutorial"
)

// file writes a text that a browser can send.
func (s *stage) file(name, text string) string {
	s.Helper()
	path := s.lab.Dir + "/" + name
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		s.Fatal(err)
	}
	return path
}

// fits expects that nothing sticks out of the page in a narrow window, and goes back
// to a wide one.
func (b *browser) fits() {
	b.Helper()
	for _, width := range []int64{400, 1280} {
		var out string
		b.do("make the window narrow or wide", chromedp.EmulateViewport(width, 900), chromedp.Evaluate(wide, &out))
		if out != "" {
			b.Errorf("in %d pixels: %s", width, out)
		}
	}
}

func TestATextIsExplainedAndAPairIsJoinedInBothLanguages(t *testing.T) {
	s := build(t)
	b := s.setUp()
	one, other := tutorial.Config(1, tutorial.Literal), tutorial.Config(2, tutorial.Literal)
	head, servers, _ := strings.Cut(one, "virtual_server ")
	main := s.file("main.conf", head+"include conf.d/*.conf\n")
	included := s.file("web.conf", "virtual_server "+servers)
	lb1, lb2 := s.file("lb1.conf", one), s.file("lb2.conf", other)

	for _, words := range []struct{ lang, acted, differ string }{
		{"en", "Acted on", "Tells the nodes apart"},
		{"zh-CN", "起作用", "用于区分两个节点"},
	} {
		b.visit("/import")
		b.prefer("lang", words.lang)
		b.do("choose the files", chromedp.SetUploadFiles("#file", []string{main}), chromedp.SetUploadFiles("#files", []string{included}))
		b.press("#explain")
		b.holds(`[data-kind="acted"]`, words.acted)
		b.holds("#explained", "web.conf", "ipvsadm -A -t 172.16.1.100:80")
		b.fits()
		b.picture("explained-" + words.lang)
		b.press(`.tabs a[href^="?show=obsolete"]`)
		b.holds("#explained", "nat_mask")
		b.replace()
		b.press("#to-candidate")
		b.sees("#plan")
		b.holds("#plan", "172.16.1.100")

		b.visit("/import/pair")
		b.do("choose the files", chromedp.SetUploadFiles("#one", []string{lb1}), chromedp.SetUploadFiles("#other", []string{lb2}))
		b.press("#join")
		b.holds(`[data-word="priority"]`, "@lb1 priority 100", "@lb2 priority 99", words.differ)
		b.fits()
		b.picture("joined-" + words.lang)
		b.replace()
		b.press("#to-candidate")
		b.sees("#plan")
		b.clean()
	}
}

// replace allows that a text that waits gives way, where one does.
func (b *browser) replace() {
	b.Helper()
	var ticks []*cdp.Node
	b.do("look for a text that waits", chromedp.Nodes("#replace", &ticks, chromedp.ByQueryAll, chromedp.AtLeast(0)))
	if len(ticks) > 0 {
		b.do("let it give way", chromedp.Click("#replace", chromedp.ByQuery))
	}
}
