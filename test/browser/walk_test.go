package browser

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"holdfast/test/tutorial"
)

const password = "the rope holds in any weather"

// setUp goes from the setup link to the overview.
func (s *stage) setUp() *browser {
	s.Helper()
	b := open(s.T, s.base)
	link := s.setupLink()
	if !strings.HasPrefix(link, s.base+"/setup?token=") {
		s.Fatalf("setup link %s leads elsewhere than %s", link, s.base)
	}
	b.do("open the setup link", chromedp.Navigate(link), chromedp.WaitVisible("#setup"))
	b.picture("setup")
	b.do("fill the form", chromedp.SendKeys("#password", password), chromedp.SendKeys("#again", password))
	b.press("#setup button")
	b.sees(`[data-said="welcome"]`)
	return b
}

// edit changes the text in the editor and saves it.
func (b *browser) edit(change func(string) string) {
	b.Helper()
	b.visit("/changes")
	var text string
	b.do("read the editor", chromedp.Value("#text", &text))
	b.do("write into the editor", chromedp.SetValue("#text", change(text)))
	b.press("#save")
	b.sees("#plan")
}

// apply presses apply and sees the countdown.
func (b *browser) apply(note string) {
	b.Helper()
	b.do("write a note", chromedp.SendKeys("#note", note))
	b.press("#apply")
	b.sees("[data-pending] [data-left]")
}

func (b *browser) keep() {
	b.Helper()
	b.press("#keep")
	b.sees(`[data-said="kept"]`)
	b.gone(patience, "[data-pending]")
}

func TestTheFirstDayOfAnOperator(t *testing.T) {
	s := build(t)
	b := s.setUp()
	b.sees(`[data-headline="empty"]`)
	b.picture("empty")

	t.Log("import the tutorial's configuration and read the findings")
	b.visit("/changes")
	b.do("choose the file", chromedp.SetUploadFiles("#file", []string{s.config()}))
	b.press("#import")
	b.sees(`[data-finding][data-line="` + line(tutorial.Config(1, tutorial.Literal), "nat_mask") + `"]`)
	b.holds("#findings", "nat_mask")

	t.Log("read the plan and apply")
	b.holds(`[data-plan="vrrp"]`, "VRRP")
	b.holds("#plan", "172.16.1.100")
	b.picture("plan")
	b.apply("the tutorial's pair")
	b.picture("applied")
	b.keep()
	b.sees(`[data-revision="1"][data-outcome="kept"]`)

	t.Log("see MASTER")
	b.visit("/")
	b.seesWithin(time.Minute, `[data-instance="VI_1"][data-role="MASTER"]`)
	b.sees(`[data-node] [data-state="MASTER"]`)
	if !s.d1.Holds(s.virtual) {
		t.Errorf("the page says master, and the kernel has %v", s.d1.Addresses())
	}
	b.seesWithin(time.Minute, `[data-server="172.16.1.33:80"][data-role="UP"]`)
	b.seesWithin(time.Minute, `[data-server="172.16.1.34:80"][data-role="UP"]`)
	b.picture("master")

	t.Log("a web server answers with errors and leaves the pool, with its reason, on the open page")
	// The wished table is shown on every kernel; the real one needs IPVS.
	b.visit("/services/tcp:172.16.1.100:80")
	b.holds("#wanted", "-r 172.16.1.33:80", "-r 172.16.1.34:80")
	b.visit("/")
	s.web2.Answer(http.StatusServiceUnavailable, "out of order")
	b.seesWithin(2*time.Minute, `[data-server="172.16.1.34:80"][data-role="DOWN"][data-in-pool="false"]`)
	b.holds(`[data-server="172.16.1.34:80"]`, "503")
	b.sees(`#events [data-kind="server-state"]`)
	b.picture("server-down")
	b.visit("/services/tcp:172.16.1.100:80")
	b.holds("#wanted", "-r 172.16.1.33:80")
	b.lacks("#wanted", "-r 172.16.1.34:80")
	b.picture("service")
	b.visit("/")
	s.web2.Stop()
	b.seesWithin(time.Minute, `#attention [data-problem="172.16.1.34:80"]`)
	s.web2.Answer(http.StatusOK, "from node4.")
	s.web2.Start()
	b.seesWithin(2*time.Minute, `[data-server="172.16.1.34:80"][data-role="UP"]`)

	t.Log("a risky change that nobody keeps returns by itself")
	b.edit(func(text string) string { return strings.Replace(text, "172.16.1.100/32", "172.16.1.101/32", 1) })
	b.holds("#plan", "ip address", "172.16.1.101")
	b.do("say yes", chromedp.Click("#yes"))
	b.apply("a risky one")
	s.soon("the address is taken away", func() bool { return !s.d1.Holds(s.virtual) })
	b.visit("/events") // the countdown is on every page
	b.sees("[data-pending] [data-left]")
	b.picture("countdown")
	b.gone(90*time.Second, "[data-pending]")
	s.soon("the address is back", func() bool { return s.d1.Holds(s.virtual) })
	b.visit("/changes")
	b.sees(`[data-revision="2"][data-outcome="reverted"]`)
	b.sees(`[data-revision="1"] [data-runs]`)
	b.picture("returned")

	t.Log("a change is kept, and rolled back")
	b.edit(func(text string) string { // what was returned is in the editor again
		return strings.NewReplacer("172.16.1.101/32", "172.16.1.100/32", "weight 2", "weight 5").Replace(text)
	})
	b.apply("more for node4")
	b.keep()
	b.sees(`[data-revision="3"][data-outcome="kept"]`)
	b.press(`[data-rollback="1"]`)
	b.sees("#apply")
	b.picture("rollback")
	b.press("#apply")
	b.sees("[data-pending]")
	b.keep()
	b.sees(`[data-revision="4"][data-outcome="kept"] [data-runs]`)
	b.picture("rolled-back")
	b.clean()

	t.Log("log out")
	b.do("open the user's menu", chromedp.Click("#user-menu summary", chromedp.ByQuery))
	b.press("#logout")
	b.sees(`[data-said="logged-out"]`)
	b.visit("/")
	b.sees("#login")
	b.picture("logged-out")
	b.clean()
}

// line is the number of the line that holds word.
func line(text, word string) string {
	before, _, _ := strings.Cut(text, word)
	return strconv.Itoa(strings.Count(before, "\n") + 1)
}
