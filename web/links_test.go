package web_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"holdfast/store"
	"holdfast/web/access"
)

var (
	linked    = regexp.MustCompile(`<a [^>]*href="([^"]*)"`)
	formTag   = regexp.MustCompile(`<form [^>]*action="([^"]*)"[^>]*>`)
	elsewhere = regexp.MustCompile(`formaction="([^"]*)"`)
)

// rowOf finds the row of an address, written without its query.
func rowOf(method, path string) (access.Row, bool) {
	parts := strings.Split(path, "/")
	for _, r := range access.Table() {
		pattern := strings.Split(r.Path, "/")
		if r.Method != method || len(pattern) != len(parts) {
			continue
		}
		same := true
		for i, p := range pattern {
			same = same && (p == parts[i] || strings.HasPrefix(p, ":") && parts[i] != "")
		}
		if same {
			return r, true
		}
	}
	return access.Row{}, false
}

// offers are the addresses that a page offers: with GET what it links, with POST what its
// forms send to.
func (p page) offers() (offers [][2]string) {
	base, _ := url.Parse(p.path)
	add := func(method string, found [][]string) {
		for _, m := range found {
			u, err := base.Parse(html.UnescapeString(m[1]))
			if err == nil && u.Host == "" && u.Scheme == "" {
				offers = append(offers, [2]string{method, u.EscapedPath()})
			}
		}
	}
	add(http.MethodGet, linked.FindAllStringSubmatch(p.body, -1))
	add(http.MethodPost, elsewhere.FindAllStringSubmatch(p.body, -1))
	for _, m := range formTag.FindAllStringSubmatch(p.body, -1) {
		method := http.MethodGet
		if strings.Contains(m[0], `method="post"`) {
			method = http.MethodPost
		}
		add(method, [][]string{m})
	}
	return offers
}

// walk follows every link of the reader from the overview on, and gives what is offered on
// which page and lies above role.
func (b *browser) walk(role store.Role) map[string]string {
	b.h.t.Helper()
	above, seen, todo := map[string]string{}, map[string]bool{}, []string{"/", "/no/such/page"}
	for len(todo) > 0 {
		at := todo[0]
		todo = todo[1:]
		for _, o := range b.get(at).offers() {
			row, ok := rowOf(o[0], o[1])
			switch {
			case !ok || strings.HasPrefix(o[1], "/assets/") || strings.HasPrefix(o[1], access.APIRoot):
			case !access.May(role, row.Least) && row.Least != access.Anybody:
				above[row.Method+" "+row.Path] = at
			case o[0] == http.MethodGet && !seen[o[1]] && row.Path != "/live":
				seen[o[1]] = true
				todo = append(todo, o[1])
			}
		}
	}
	if len(seen) < 8 {
		b.h.t.Errorf("%s reaches %d pages only", role, len(seen))
	}
	return above
}

func TestNoPageOffersWhatItsReaderMayNotDo(t *testing.T) {
	t.Parallel()
	for _, state := range []struct {
		name string
		set  func(*house)
	}{
		{"empty", func(*house) {}},
		{"working", func(h *house) { h.working(); h.tell(history()...) }},
		{"changing", func(h *house) {
			h.working()
			b := h.member("ed", store.Admin)
			b.post("/changes/adopt", nil).must(h.t, 200)
			b.post("/changes/candidate", url.Values{"version": {"0"}, "text": {moreWeight}}).must(h.t, 200)
		}},
	} {
		t.Run(state.name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			state.set(h)
			for _, role := range store.Roles {
				for row, at := range h.member("of-"+string(role), role).walk(role) {
					t.Errorf("%s offers %s %s", at, role, row)
				}
			}
		})
	}
}

func TestWhatIsPushedOffersTheWaysToBeginToEditorsAlone(t *testing.T) {
	t.Parallel()
	h := open(t)
	for _, role := range store.Roles {
		events, stop := h.member("of-"+string(role), role).listen("/live?page=overview")
		got := next(t, events, "live", `data-headline="empty"`).data
		stop()
		if strings.Contains(got, `href="/cards"`) != access.May(role, store.Editor) {
			t.Errorf("%s: %s", role, got)
		}
	}
}
