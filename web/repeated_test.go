package web_test

import (
	"net/http"
	"strings"
	"testing"

	"holdfast/store"
)

func TestARequestWithAKeyIsCarriedOutOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.admin()
	keyed := func(b *browser, method, path, key, in string) page {
		r := b.request(method, "/api/v1"+path, strings.NewReader(in))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", key)
		return b.do(r)
	}
	add := func(key, name string) page {
		return keyed(b, http.MethodPost, "/users", key, `{"name": "`+name+`", "password": "a long phrase of hers", "role": "viewer"}`)
	}
	first := add("k1", "li").must(t, 201)
	again := add("k1", "li").must(t, 201)
	if again.body != first.body || again.header.Get("Idempotent-Replayed") != "true" || first.header.Get("Idempotent-Replayed") != "" || again.header.Get("Content-Type") != first.header.Get("Content-Type") {
		t.Errorf("again: %v %s", again.header, again.body)
	}
	add("k1", "wu").must(t, 422, "key-reused")
	add("k2", "li").must(t, 409, "user-there")
	add("k2", "li").must(t, 409, "user-there") // what was refused is not kept
	add(strings.Repeat("k", 256), "wu").must(t, 422)
	if users, err := h.store.ListUsers(t.Context()); err != nil || len(users) != 2 {
		t.Errorf("%v, %v", users, err)
	}
	other := h.member("kim", store.Admin)
	if got := keyed(other, http.MethodPost, "/users", "k1", `{"name": "zhao", "password": "a long phrase of his", "role": "viewer"}`); got.status != 201 {
		t.Errorf("the key of somebody else: %d %s", got.status, got.body)
	}
	var one, two string
	for _, out := range []*string{&one, &two} {
		*out = keyed(b, http.MethodPost, "/tokens", "k3", `{"name": "ansible", "scope": "read"}`).body
	}
	if !strings.Contains(one, `"token":"holdfast_`) || strings.Contains(two, "holdfast_") {
		t.Errorf("a token is shown twice: %s", two)
	}
}
