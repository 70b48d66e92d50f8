package web_test

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// walk calls f for every element of a page.
func walk(n *html.Node, f func(*html.Node)) {
	if n.Type == html.ElementNode {
		f(n)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		walk(c, f)
	}
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// words are what an element says.
func words(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(words(c))
	}
	return strings.TrimSpace(b.String())
}

func has(n *html.Node, child string) bool {
	found := false
	walk(n, func(e *html.Node) { found = found || e.Data == child })
	return found
}

// faultsOf lists what keeps a page from being read without eyes or a mouse.
func faultsOf(root *html.Node) []string {
	var faults []string
	count := map[string]int{}
	ids := map[string]int{}
	labels := map[string]bool{}
	walk(root, func(n *html.Node) {
		count[n.Data]++
		if id := attr(n, "id"); id != "" {
			ids[id]++
		}
		if n.Data == "label" {
			labels[attr(n, "for")] = true
		}
	})
	for id, n := range ids {
		if n > 1 {
			faults = append(faults, "the id "+id+" is there twice")
		}
	}
	for _, once := range []string{"h1", "main", "title"} {
		if count[once] != 1 {
			faults = append(faults, "not exactly one "+once)
		}
	}
	walk(root, func(n *html.Node) {
		switch n.Data {
		case "html":
			if attr(n, "lang") == "" {
				faults = append(faults, "the page has no language")
			}
		case "input", "select", "textarea":
			within := n.Parent.Data == "label" || attr(n, "aria-label") != ""
			if attr(n, "type") != "hidden" && !within && !labels[attr(n, "id")] {
				faults = append(faults, "the field "+attr(n, "name")+" has no label")
			}
		case "button", "a", "summary":
			if words(n) == "" && attr(n, "aria-label") == "" {
				faults = append(faults, "a "+n.Data+" says nothing: "+attr(n, "href"))
			}
		case "table":
			if !has(n, "caption") {
				faults = append(faults, "a table has no caption")
			}
		case "th":
			if attr(n, "scope") == "" {
				faults = append(faults, "the heading "+words(n)+" has no scope")
			}
		case "img":
			if attr(n, "alt") == "" {
				faults = append(faults, "an image has no text")
			}
		case "svg":
			if attr(n, "aria-hidden") != "true" {
				faults = append(faults, "a decoration is read aloud")
			}
		case "nav":
			if attr(n, "aria-label") == "" {
				faults = append(faults, "a navigation has no name")
			}
		}
	})
	return faults
}

func TestEveryPageCanBeReadWithoutEyesOrMouse(t *testing.T) {
	h, b := furnished(t)
	paths := []string{}
	for _, p := range everyPage {
		paths = append(paths, p.path)
	}
	check := func(who *browser, path string) {
		t.Helper()
		root, err := html.Parse(strings.NewReader(who.get(path).body))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range faultsOf(root) {
			t.Errorf("%s: %s", path, f)
		}
	}
	for _, path := range paths {
		check(b, path)
	}
	check(h.browser(), "/login")
	apply(t, b, b.get("/changes"), nil).must(t, 200)
	check(b, "/")
}
