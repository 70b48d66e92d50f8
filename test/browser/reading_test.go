package browser

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// pages are all pages that a node with one revision has.
var pages = []string{
	"/", "/vips", "/vips/VI_1", "/services", "/services/tcp:172.16.1.100:80", "/changes", "/changes/revisions/1",
	"/import", "/import/pair",
	"/events", "/system/mail", "/system/users", "/system/users/1", "/system/second-factor", "/system/tokens", "/system/sessions", "/system/audit", "/system/about", "/no/such/page",
}

// wide says what sticks out of a page, "" is nothing.
const wide = `(() => {
	const limit = document.documentElement.clientWidth;
	if (document.documentElement.scrollWidth <= limit) return "";
	const out = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > limit + 1 && !e.closest(".scroll, .lines, .editor, pre"));
	return document.documentElement.scrollWidth + " > " + limit + ": " + out.slice(0, 4).map((e) => e.outerHTML.slice(0, 120)).join(" | ");
})()`

// small finds what is too small to be hit: WCAG 2.2, 2.5.8 asks for 24 pixels,
// but not of links within a sentence or a cell.
const small = `[...document.querySelectorAll("button, summary, input:not([type=hidden]), select, .nav a, .tabs a, .button")]
	.filter((e) => { const r = e.getBoundingClientRect(); return r.width > 0 && e.checkVisibility() && (r.height < 24 || r.width < 24) && !e.closest(".tick"); })
	.map((e) => e.outerHTML.slice(0, 120)).join(" | ")`

// nameless finds what says nothing to somebody who listens: an icon alone, or
// words that a narrow window takes away.
const nameless = `[...document.querySelectorAll("button, summary, a[href]")]
	.filter((e) => e.checkVisibility() && !e.innerText.trim() && !e.getAttribute("aria-label"))
	.map((e) => e.outerHTML.slice(0, 120)).join(" | ")`

// stuck finds what scrolls sideways and cannot be reached with the keyboard.
const stuck = `[...document.querySelectorAll("main *:not(textarea, input, select)")]
	.filter((e) => e.scrollWidth > e.clientWidth + 1 && ["auto", "scroll"].includes(getComputedStyle(e).overflowX) && e.tabIndex < 0 && !e.querySelector("a[href], button, input, summary"))
	.map((e) => e.outerHTML.slice(0, 120)).join(" | ")`

func TestEveryPageReadsWellInBothLanguagesAndThemes(t *testing.T) {
	s := build(t)
	b := s.setUp()
	b.importSeed(s)
	b.visit("/")
	b.seesWithin(time.Minute, `[data-instance="VI_1"][data-role="MASTER"]`)

	for _, look := range []struct{ lang, theme string }{{"en", "light"}, {"zh-CN", "dark"}, {"zh-CN", "light"}, {"en", "dark"}} {
		b.size(1280)
		b.visit("/")
		b.prefer("lang", look.lang)
		b.prefer("theme", look.theme)
		for _, path := range pages {
			for _, width := range []int64{1280, 320} {
				b.size(width)
				b.visit(path)
				b.sees(`html[lang="` + look.lang + `"][data-theme="` + look.theme + `"] h1`)
				for fault, search := range map[string]string{
					"is too wide": wide, "has targets that are too small": small, "has controls without a name": nameless, "has parts the keyboard cannot scroll": stuck,
				} {
					var found string
					b.do("measure "+path, chromedp.Evaluate(search, &found))
					if found != "" {
						t.Errorf("%s in %s at %d pixels %s: %s", path, look.lang, width, fault, found)
					}
				}
				b.picture(fmt.Sprintf("%s-%s-%d-%s", look.lang, look.theme, width, strings.Trim(strings.NewReplacer("/", "_", ":", "_").Replace(path), "_")))
			}
		}
		b.forget("404") // the last page is one that is not there
		b.clean()
	}
}

// size makes the window so many pixels wide.
func (b *browser) size(width int64) {
	b.Helper()
	b.do("resize", emulation.SetDeviceMetricsOverride(width, 900, 1, false))
}

// importSeed brings the tutorial's configuration in and keeps it.
func (b *browser) importSeed(s *stage) {
	b.Helper()
	b.visit("/changes")
	b.do("choose the file", chromedp.SetUploadFiles("#file", []string{s.config()}))
	b.press("#import")
	b.apply("the tutorial's pair")
	b.keep()
}

func TestAPageFindsItsWayBackWhenTheConsoleDies(t *testing.T) {
	s := build(t)
	b := s.setUp()
	b.importSeed(s)
	b.visit("/")
	b.seesWithin(time.Minute, `[data-server="172.16.1.34:80"][data-role="UP"]`)

	killed := s.d1.Kill("web")
	s.soon("the console is back", func() bool {
		answer, err := http.Get(s.base + "/healthz")
		return err == nil && answer.Body.Close() == nil && answer.StatusCode == http.StatusOK
	})
	t.Logf("the console was back after %s", time.Since(killed).Round(time.Millisecond))
	s.web2.Answer(http.StatusServiceUnavailable, "out of order")
	b.seesWithin(2*time.Minute, `[data-server="172.16.1.34:80"][data-role="DOWN"]`)
	b.gone(patience, "body.not-live")
}

func TestAPageThatIsNoLongerLiveSaysSo(t *testing.T) {
	s := build(t)
	b := s.setUp()
	b.importSeed(s)
	b.visit("/")
	b.sees(`[data-instance="VI_1"]`)
	s.node1.KillTree() // nobody starts the console again
	b.seesWithin(patience, "body.not-live #lost")
	b.picture("not-live")
}

func TestTheWholeWayWorksWithoutScript(t *testing.T) {
	s := build(t)
	b := s.setUp()
	b.do("switch scripts off", emulation.SetScriptExecutionDisabled(true))
	b.visit("/changes")
	b.do("choose the file", chromedp.SetUploadFiles("#file", []string{s.config()}), chromedp.Submit("#import-form"))
	b.sees("#plan")
	b.do("apply", chromedp.Click("#apply", chromedp.ByQuery))
	b.sees("[data-pending]")
	b.do("keep", chromedp.Click("#keep", chromedp.ByQuery))
	b.sees(`[data-revision="1"][data-outcome="kept"]`)
	s.soon("this node holds the address", func() bool { return s.d1.Holds(s.virtual) })
	b.visit("/")
	b.sees(`[data-instance="VI_1"][data-role="MASTER"]`)
	b.holds("#routers", "172.16.1.100/32", "UTC")
}
