package model

import "testing"

func TestEachCommandThatRunsAsRootIsAWarning(t *testing.T) {
	root := func(user, group string, secure bool) bool {
		return user == "root" || group == "root" || user == "" && !secure
	}
	script := func(user string) string { return "vrrp_script s {\n script /bin/true\n" + user + "}\n" }
	for name, c := range map[string]struct {
		text string
		want int
	}{
		"named root":       {script(" user root\n"), 1},
		"by its group":     {script(" user ops root\n"), 1},
		"named another":    {script(" user ops\n"), 0},
		"no user":          {script(""), 1},
		"script_user":      {"global_defs {\n script_user ops\n}\n" + script(""), 0},
		"script_user root": {"global_defs {\n script_user root\n}\n" + script(""), 1},
		"security":         {"global_defs {\n enable_script_security\n}\n" + script(""), 0},
		"two of them": {script(" user root\n") + "vrrp_instance A {\n interface lo\n virtual_router_id 1\n notify /bin/true root\n}\n" +
			"virtual_server 192.0.2.1 80 {\n protocol TCP\n real_server 192.0.2.2 80 {\n MISC_CHECK {\n misc_path /bin/true\n user root\n }\n notify_up /bin/true ops\n }\n}\n", 3},
	} {
		_, findings := Parse("a.conf", []byte(c.text), Facts{Root: root})
		got := 0
		for _, f := range findings {
			if f.Code == "runs-as-root" {
				got++
				if f.Severity != Warning || f.Args["Value"] != "/bin/true" {
					t.Error(name, f)
				}
			}
		}
		if got != c.want {
			t.Errorf("%s: %d", name, got)
		}
	}
}
