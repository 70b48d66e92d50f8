package browser

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
)

// typed is how a person changes a field: its content goes, and keys are pressed.
func (b *browser) typed(selector, text string) {
	b.Helper()
	b.do("type into "+selector, chromedp.Clear(selector, chromedp.ByQuery), chromedp.SendKeys(selector, text, chromedp.ByQuery))
}

// in names an element by its id where that has dots.
func in(id string) string { return `[id="` + id + `"]` }

func TestAnObjectIsMadeByItsFormWithTheTextBesideIt(t *testing.T) {
	s := build(t)
	b := s.setUp()
	b.importSeed(s)

	t.Log("a weight is changed, and the text follows the keys")
	b.visit("/objects/servers")
	b.press(`[data-object="172.16.1.33:80"] a`)
	b.typed(in("f-weight"), "7")
	b.sees(`#preview .lines .plus`)
	b.holds("#preview", "weight 7")
	b.press("#save-object")
	b.sees("#plan")
	b.holds("#difference", "weight 7")

	t.Log("a service is made with a server and a check")
	b.visit("/objects/services/new")
	b.typed("#name", "172.16.1.101 80")
	b.do("choose the protocol", chromedp.SetValue(in("f-protocol"), "TCP", chromedp.ByQuery))
	b.typed(in("f-delay_loop"), "3")
	b.sees(`#preview .config`)
	b.press("#save-object")
	b.visit("/objects/services")
	b.press(`[data-object="tcp:172.16.1.101:80"] a`)
	b.press("#new-child")
	b.typed("#name", "172.16.1.33 80")
	b.press("#save-object")
	b.visit("/objects/servers?q=101")
	b.press(`[data-object="172.16.1.33:80"] a`)
	b.press("#new-child")
	b.press("#save-object")
	b.sees("#plan")
	b.holds("#difference", "virtual_server 172.16.1.101 80", "real_server 172.16.1.33 80")

	t.Log("a refusal keeps what was typed")
	b.visit("/objects/services/new")
	b.typed("#name", "172.16.1.101 80")
	b.do("choose the protocol", chromedp.SetValue(in("f-protocol"), "TCP", chromedp.ByQuery))
	b.press("#save-object")
	b.sees(`[data-fault="object-there"]`)
	var kept string
	b.do("read the name", chromedp.Value("#name", &kept, chromedp.ByQuery))
	if kept != "172.16.1.101 80" {
		t.Errorf("the name is %q", kept)
	}
	b.forget("409")

	t.Log("it is copied, disabled and deleted")
	b.visit("/objects/services/edit?id=tcp:172.16.1.101:80")
	b.typed("#copy-name", "172.16.1.102 80")
	b.press("#copy-object")
	b.holds("h1", "tcp:172.16.1.102:80")
	b.press("#disable-object")
	b.sees("#plan")
	b.visit("/objects/services")
	b.sees(`[data-object="tcp:172.16.1.102:80"][data-disabled]`)
	b.press(`[data-object="tcp:172.16.1.102:80"] button[value="remove"]`)
	b.visit("/objects/services")
	b.gone(patience, `[data-object="tcp:172.16.1.102:80"]`)
	b.visit("/changes")
	b.apply("a second service")
	b.keep()
	b.visit("/services")
	b.sees(`[data-virtual="tcp:172.16.1.101:80"]`)
	b.clean()
}

// overflowing finds elements that are wider than the page.
const overflowing = `[...document.querySelectorAll("main *")].filter((e) => !e.closest(".scroll, .lines, .config, pre, .visually-hidden") &&
	e.getBoundingClientRect().right > document.documentElement.clientWidth + 1).map((e) => e.outerHTML.slice(0, 120)).slice(0, 3).join(" | ")`

func TestFormsOfObjectsFitInEachLanguageThemeAndWidth(t *testing.T) {
	s := build(t)
	b := s.setUp()
	b.importSeed(s)
	for _, look := range []struct{ lang, theme string }{{"en", "light"}, {"zh-CN", "dark"}} {
		b.size(1280)
		b.visit("/")
		b.prefer("lang", look.lang)
		b.prefer("theme", look.theme)
		for _, width := range []int64{phone, 1280} {
			b.size(width)
			for i, path := range []string{
				"/objects/instances", "/objects/services", "/objects/servers", "/objects/instances/edit?id=VI_1", "/objects/instances/new",
				"/objects/services/edit?id=tcp:172.16.1.100:80", "/objects/services/new", "/objects/servers/edit?id=tcp:172.16.1.100:80&id=172.16.1.33:80",
				"/objects/checks/new?id=tcp:172.16.1.100:80&id=172.16.1.33:80", "/objects/global/edit", "/vips", "/services",
				"/cards", "/cards/pair?address=172.16.1.120", "/cards/nat?address=1&servers=x&vrid=51", "/cards/port?address=172.16.1.120&kind=smtp&servers=172.16.1.33&method=NAT", "/objects/groups/new",
			} {
				b.visit(path)
				var found string
				b.do("measure "+path, chromedp.Evaluate(overflowing, &found))
				if found != "" {
					t.Errorf("%s %s at %d pixels: %s", look.lang, path, width, found)
				}
				b.picture(fmt.Sprintf("%s-%s-%d-%d", look.lang, look.theme, width, i))
			}
		}
	}
	b.clean()
}
