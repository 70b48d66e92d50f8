package web_test

import (
	"net/http"
	"strings"
	"testing"

	"holdfast/store"
	"holdfast/web/access"
)

// secretive is a text with a secret of each kind, in force and in comments.
const secretive = `$P = s3cret-word
global_defs {
	router_id lb1
}
vrrp_instance VI_1 {
	interface lo
	virtual_router_id 51
	authentication {
		auth_type PASS
		auth_pass $P
	}
	! auth_pass s3cret-word
	virtual_ipaddress {
		192.0.2.100
	}
}
virtual_server 192.0.2.100 443 {
	protocol TCP
	real_server 192.0.2.31 443 {
		weight 1
		TCP_CHECK {
		}
	}
}
SSL {
	password s3cret-word
}
`

// unending are the addresses whose answers have no end.
var unending = map[string]bool{"/live": true, access.APIRoot + "/events/stream": true}

// paths are the paths of an address with each name that something has here.
func paths(pattern string) []string {
	all := []string{pattern}
	for param, names := range map[string][]string{
		":name": {"VI_1", "tcp:192.0.2.100:443"}, ":number": {"1", "2"}, ":id": {"1", "2", "VI_1", "tcp:192.0.2.100:443"}, ":server": {"192.0.2.31:443"},
		":kind": {"instances", "services", "global", "servers"}, ":check": {"TCP_CHECK", "TCP_CHECK-1", "1"}, ":tree": {"x"}, "*path": {"x"},
	} {
		var next []string
		for _, p := range all {
			if !strings.Contains(p, param) {
				next = append(next, p)
				continue
			}
			for _, n := range names {
				next = append(next, strings.ReplaceAll(p, param, n))
			}
		}
		all = next
	}
	return all
}

func TestSecretsOfATextAreOnlyForThoseWhoEditIt(t *testing.T) {
	t.Parallel()
	h := open(t)
	other := strings.ReplaceAll(secretive, "router_id lb1", "router_id lb2")
	for _, f := range []*fakeRole{h.vrrp, h.lvs} {
		f.set(func(f *fakeRole) { f.text = secretive })
	}
	admin := h.admin()
	admin.call("POST", "/adopt", map[string]string{}, nil).must(t, 200)
	save := func(text string, version int) {
		admin.call("PUT", "/candidate", map[string]any{"text": text, "version": version, "keep": true}, nil).must(t, 200)
	}
	save(other, 0)
	save(strings.ReplaceAll(secretive, "router_id lb1", "router_id lb3"), 1) // the other one becomes a draft

	seen := map[store.Role]int{}
	for _, role := range []store.Role{store.Viewer, store.Operator, store.Editor} {
		b := h.member(string(role), role)
		for _, row := range access.Table() {
			if row.Method != http.MethodGet || unending[row.Path] || strings.HasPrefix(row.Path, "/assets") {
				continue
			}
			for _, path := range paths(row.Path) {
				for _, query := range []string{"", "?with=running", "?of=running"} {
					if got := b.get(path + query); strings.Contains(got.body, "s3cret") {
						seen[role]++
						if role != store.Editor {
							t.Errorf("%s sees a secret at %s", role, path+query)
						}
					}
					if !strings.Contains(path, "/drafts/") && !strings.Contains(path, "/config") {
						break
					}
				}
			}
		}
		if got := b.call("POST", "/plan", map[string]any{}, nil); role != store.Editor && strings.Contains(got.body, "s3cret") {
			t.Errorf("%s sees a secret in a plan", role)
		}
	}
	if seen[store.Editor] < 8 {
		t.Errorf("an editor sees secrets at %d addresses only: nothing was looked for", seen[store.Editor])
	}
	if got := admin.call("GET", "/config", nil, nil); !strings.Contains(got.body, "s3cret-word") {
		t.Error("whoever edits does not get the text")
	}
	if strings.Contains(h.log.String()+h.out.String(), "s3cret") {
		t.Error("the log has a secret")
	}
}
