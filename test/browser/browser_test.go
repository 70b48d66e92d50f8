package browser

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"holdfast/test/lab"
)

// browser is a Chromium with one page open.
type browser struct {
	*testing.T
	ctx  context.Context
	base string // of the console, http://HOST:PORT
	shot int

	mu     sync.Mutex // guards faults
	faults []string   // what the page complained about
}

// open starts a Chromium of its own, with nothing remembered.
func open(t *testing.T, base string) *browser {
	t.Helper()
	said := sayings(t)
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.CombinedOutput(said),
		chromedp.NoSandbox, // the tests run as root
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.WindowSize(1280, 900),
	)
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx, chromedp.WithErrorf(func(format string, args ...any) { fmt.Fprintf(said, "chromedp: "+format+"\n", args...) }))
	t.Cleanup(cancel)
	b := &browser{T: t, ctx: ctx, base: base}
	chromedp.ListenTarget(ctx, b.listen)
	b.do("start the browser", log.Enable(), runtime.Enable(), emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "light"}}))
	return b
}

// sayings is a file for what the browser itself writes. A test that failed shows
// its end: a browser that died says there why.
func sayings(t *testing.T) *os.File {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "browser.log"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		const most = 4000
		text, err := os.ReadFile(file.Name())
		if t.Failed() {
			t.Logf("the browser itself said: %v\n%s", err, text[max(0, len(text)-most):])
		}
		file.Close()
	})
	return file
}

// listen collects what a page complains about: refused by the policy, not
// found, thrown.
func (b *browser) listen(event any) {
	fault := ""
	switch e := event.(type) {
	case *log.EventEntryAdded:
		if e.Entry.Level == log.LevelError || strings.Contains(e.Entry.Text, "Content Security Policy") {
			fault = e.Entry.Text + " " + e.Entry.URL
		}
	case *runtime.EventExceptionThrown:
		fault = e.ExceptionDetails.Error()
	}
	if fault == "" || strings.Contains(fault, "ERR_INCOMPLETE_CHUNKED_ENCODING") {
		return // a stream that ends with its page is no fault
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults = append(b.faults, fault)
}

// clean expects that no page complained so far.
func (b *browser) clean() {
	b.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.faults) > 0 {
		b.Errorf("the browser complained:\n%s", strings.Join(b.faults, "\n"))
	}
	b.faults = nil
}

// forget drops the complaints that hold word: they were asked for.
func (b *browser) forget(word string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults = slices.DeleteFunc(b.faults, func(f string) bool { return strings.Contains(f, word) })
}

// patience is how long a step may take on a machine with other work.
const patience = 30 * time.Second

// do carries out actions within patience.
func (b *browser) do(what string, actions ...chromedp.Action) {
	b.Helper()
	b.within(patience, what, actions...)
}

func (b *browser) within(limit time.Duration, what string, actions ...chromedp.Action) {
	b.Helper()
	timer := time.AfterFunc(limit, func() { b.picture("late") })
	defer timer.Stop()
	ctx, cancel := context.WithTimeout(b.ctx, limit+10*time.Second)
	// The first context that runs owns the browser; it must not be one that ends.
	if chromedp.FromContext(b.ctx).Target == nil {
		cancel()
		ctx, cancel = b.ctx, func() {}
	}
	defer cancel()
	if err := chromedp.Run(ctx, actions...); err != nil {
		b.Fatalf("%s: %v\n%s", what, err, b.text())
	}
}

// visit opens a page of the console.
func (b *browser) visit(path string) {
	b.Helper()
	b.do("visit "+path, chromedp.Navigate(b.base+path), chromedp.WaitVisible("#main"))
}

// sees waits until something is on the page.
func (b *browser) sees(selector string) {
	b.Helper()
	b.seesWithin(patience, selector)
}

func (b *browser) seesWithin(limit time.Duration, selector string) {
	b.Helper()
	b.within(limit, "see "+selector, chromedp.WaitVisible(selector, chromedp.ByQuery))
}

// gone waits until something is no longer on the page.
func (b *browser) gone(limit time.Duration, selector string) {
	b.Helper()
	b.within(limit, "see "+selector+" go", chromedp.WaitNotPresent(selector, chromedp.ByQuery))
}

// press presses a button and waits for the page that follows.
func (b *browser) press(selector string) {
	b.Helper()
	b.do("press "+selector,
		chromedp.Evaluate(`document.documentElement.dataset.old = "yes"`, nil),
		chromedp.ScrollIntoView(selector, chromedp.ByQuery),
		chromedp.Click(selector, chromedp.ByQuery),
		chromedp.WaitNotPresent(`html[data-old]`, chromedp.ByQuery),
		chromedp.WaitVisible("#main", chromedp.ByQuery),
	)
}

// read gives the text of an element.
func (b *browser) read(selector string) string {
	b.Helper()
	var text string
	b.do("read "+selector, chromedp.Text(selector, &text, chromedp.ByQuery))
	return text
}

// holds expects words in an element.
func (b *browser) holds(selector string, words ...string) {
	b.Helper()
	text := b.read(selector)
	for _, w := range words {
		if !strings.Contains(text, w) {
			b.Errorf("%s lacks %q:\n%s", selector, w, text)
		}
	}
}

// lacks expects words not to be in an element.
func (b *browser) lacks(selector string, words ...string) {
	b.Helper()
	text := b.read(selector)
	for _, w := range words {
		if strings.Contains(text, w) {
			b.Errorf("%s holds %q:\n%s", selector, w, text)
		}
	}
}

// text is what the page says, for a failing test.
func (b *browser) text() string {
	ctx, cancel := context.WithTimeout(b.ctx, 5*time.Second)
	defer cancel()
	var text string
	if err := chromedp.Run(ctx, chromedp.Evaluate(`location.href + "\n" + document.body.innerText`, &text)); err != nil {
		return err.Error()
	}
	return text
}

// picture keeps how the page looks now.
func (b *browser) picture(name string) {
	b.Helper()
	dir := lab.Root() + "/.cache/browser"
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.Errorf("picture: %v", err)
		return
	}
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	var image []byte
	// A page that is scrolled would show its sticky bar in the middle.
	if err := chromedp.Run(ctx, chromedp.Evaluate("scrollTo(0, 0)", nil), chromedp.FullScreenshot(&image, 100)); err != nil {
		b.Logf("picture %s: %v", name, err)
		return
	}
	b.shot++
	if err := os.WriteFile(fmt.Sprintf("%s/%s-%02d-%s.png", dir, b.Name(), b.shot, name), image, 0o644); err != nil {
		b.Errorf("picture: %v", err)
	}
}

// prefer switches language or theme through the menu.
func (b *browser) prefer(name, value string) {
	b.Helper()
	menu := map[string]string{"lang": "language", "theme": "theme"}[name]
	b.do("open the menu "+menu, chromedp.Click(`[data-menu="`+menu+`"] summary`, chromedp.ByQuery))
	b.press(`[data-menu="` + menu + `"] button[value="` + value + `"]`)
}
