package model

import (
	"reflect"
	"testing"
)

func TestShellWrittenStraightIsRunByAShell(t *testing.T) {
	for _, line := range []string{
		"! test -e /f", "(exit 1)", "A=1 cmd", "exit 3", ". /etc/f", "cd /x", "~/x", "~ops/x", "{ true; }", "source f", "command -v nginx", "builtin test -e /f", ":", "exit",
		"if test -e /f; then exit 1; fi", "cat ~/x", "[ -f /x ]", "test -f /x && [[ -f /y ]]", "x > /dev/null", "x 2>&1", "a|b", "a; b", "a &",
		"A+=1 cmd", "cat ~ops/x",
		"test $(cat /x) = 1", "test `cat /x` = 1", `test "$HOME" = x`, "test -e ${X}/y", "exec /x", "for i in 1 2; do test -e /f$i; done", "while false; do :; done",
	} {
		if c := NewCommand(line); !c.Shell || !reflect.DeepEqual(c.Argv, []string{Shell, "-c", line}) {
			t.Errorf("%s: %q", line, c.Argv)
		}
	}
}

func TestPlainProgramsAreNotGivenToAShell(t *testing.T) {
	for _, line := range []string{
		"/bin/x", "x a=1", "/usr/bin/env A=1 x", `grep 'a|b' /f`, `pgrep -f "^a$"`, `awk '{ print $1 }' /f`, "curl http://h/?a=1&b=2", "a-b=c", "1a=b", "=x",
		"exits", "./exit", "/bin/cd /x", "test ! -e /f", `x \; y`, `x "!" ~`, "test x", "x 5$", "printf [x]", "cdx", "killall -0 nginx",
	} {
		if c := NewCommand(line); c.Shell {
			t.Errorf("%s: %q", line, c.Argv)
		}
	}
}

func TestShellOutsideQuotesIsOneLineAndTold(t *testing.T) {
	for written, want := range map[string]string{
		`notify_master "/x" > /log`:         "/x > /log",
		`notify_master /x 2>&1`:             "/x 2>&1",
		`notify_master "/x a" >> "/my log"`: "/x a >> \"/my log\"",
		`notify_master /x || exit 1`:        "/x || exit 1",
		`notify_master A=1 /x`:              "A=1 /x",
		`notify_master [ -f /x ]`:           "[ -f /x ]",
		`notify_master (exit 1)`:            "(exit 1)",
		`notify_master . /x`:                ". /x",
		`notify_master exit 3`:              "exit 3",
		`notify_master "/x && /y" root`:     "",
		`notify_master "/x" root`:           "",
		`notify_master "/x"`:                "",
		`notify_master "exit 3"`:            "",
		`notify_master /x "a>b"`:            "",
	} {
		text := instance("A", 1, written)
		found := fires(text, "shell-unquoted")
		c, _ := Parse("x", []byte(text), observed())
		got := c.Instances[0].Notify.Master
		if want == "" {
			if len(found) != 0 {
				t.Errorf("%s: %+v", written, found)
			}
			continue
		}
		if len(found) != 1 || found[0].Severity != Warning || got.Line != want || !got.Shell || got.User.Written {
			t.Errorf("%s: %+v, %+v", written, found, got)
		}
		if len(fires(text, "command-user"))+len(fires(text, "unknown-user")) != 0 {
			t.Errorf("%s: a user is seen in it", written)
		}
		if again, _ := Parse("x", []byte(Print(c)), observed()); !Equal(c, again) {
			t.Errorf("%s is read back as another", written)
		}
	}
}

// The rows were seen from keepalived 2.2.7, in vrrp_script and in notify_backup.
func TestArgumentsAreThoseThatKeepalivedHandsOver(t *testing.T) {
	for written, want := range map[string][]string{
		`"/x a\\b"`:          {"a\b"},
		`"/x a\\\\b"`:        {`a\b`},
		`"/x \"x y\""`:       {"x y"},
		`"/x \\\"x\\\""`:     {`"x"`},
		`"/x a\tb"`:          {"a", "b"},
		`"/x a\\tb"`:         {"a\tb"},
		`"/x \x41\\x42"`:     {"AB"},
		`"/x 'a\tb'"`:        {"a\tb"},
		`"/x 'a\\tb'"`:       {"a\tb"},
		`"/x '^a\.b$'"`:      {"^a.b$"},
		`"/x '^a\\.b$'"`:     {"^a.b$"},
		`"/x a\ b"`:          {"a", "b"},
		`"/x a\\ b"`:         {"a b"},
		`"/x 'it''s'"`:       {"its"},
		`"/x 'a\'b'"`:        {"ab"},
		`"/x '' x"`:          {"", "x"},
		`"/x x'y z'w"`:       {"xy zw"},
		`"/x a\nb c\\nd"`:    {"a", "b", "c\nd"},
		`"/x \101 \\101"`:    {"A", "A"},
		`"/x \cA"`:           {"\x01"},
		`'/x "a b" \"c d\"'`: {"a b", "c d"},
		`/x\ a\\tb`:          {"a\tb"},
	} {
		c, _ := Parse("x", []byte("vrrp_script s {\n script "+written+"\n}\n"), Facts{})
		if got := c.Scripts[0].Command.Argv[1:]; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %q, want %q", written, got, want)
		}
	}
}

// The rows were seen from keepalived 2.2.7 in vrrp_script, notify_backup and misc_path.
func TestACommandThatKeepalivedCannotCutIsNotRun(t *testing.T) {
	for written, code := range map[string]string{
		`"/x c x\\"`:          "command-backslash",
		`"/x i x \\"`:         "command-backslash",
		`'/x j x\\'`:          "command-backslash",
		`/x\\`:                "command-backslash",
		`"/x l x\\\\\\"`:      "command-backslash",
		`"/x m && exit 1 \\"`: "command-backslash",
		`"/x p 'x"`:           "command-quote",
		`"/x q \"x"`:          "command-quote",
		`'/x r`:               "command-quote",
		`"/x d x\\\\"`:        "",
		`"/x e 'x\\'"`:        "",
		`"/x a x\"`:           "",
		`"/x m x\\\"`:         "",
		`/x\\\\`:              "",
		`"/x p && echo 'x"`:   "", // a shell says that itself
	} {
		for _, text := range []string{
			"vrrp_script s {\n script " + written + "\n}\n",
			instance("A", 1, "notify_backup "+written),
			service("real_server 192.0.2.33 80 {\n MISC_CHECK {\n misc_path " + written + "\n }\n }"),
		} {
			if got := len(fires(text, "command-backslash")) + len(fires(text, "command-quote")); code == "" && got != 0 || code != "" && (got != 1 || len(fires(text, code)) != 1) {
				t.Errorf("%s: %d findings, want %q in\n%s", written, got, code, text)
			}
			cfg, _ := Parse("x", []byte(text), Facts{})
			run := cfg.Scripts != nil && cfg.Scripts[0].Command.Written()
			for _, in := range cfg.Instances {
				run = run || in.Notify.Backup.Written()
			}
			for _, v := range cfg.Virtuals {
				for _, r := range v.Servers {
					run = run || len(r.Checks) > 0 && r.Checks[0].Command.Written()
				}
			}
			if run != (code == "") {
				t.Errorf("%s: run %v in\n%s", written, run, text)
			}
		}
	}
}

func TestLineOfShellIsUnescapedOnce(t *testing.T) {
	c, _ := Parse("x", []byte(`vrrp_script s {
 script "grep -q '^a\\.b$' /f && exit 0 || exit 1"
}
`), Facts{})
	if got := c.Scripts[0].Command.Argv[2]; got != `grep -q '^a\.b$' /f && exit 0 || exit 1` {
		t.Errorf("%q", got)
	}
}

// A shell replaces the names of its line, and is told as one that runs it.
func TestAShellsNameAtTheBeginningOfALineIsNotUndefined(t *testing.T) {
	for _, line := range []string{"$HOME/x", "${HOME}/x", "$HOME/x -a ${USER}", "$SHELL -c true", "$HOME"} {
		for _, text := range []string{"vrrp_script s {\n script \"" + line + "\"\n}\n", instance("A", 1, "notify \""+line+"\"")} {
			if len(fires(text, "shell-line")) != 1 {
				t.Errorf("nothing tells of a shell:\n%s", text)
			}
			for _, code := range []string{"undefined-name", "name-runs-on"} {
				if got := fires(text, code); len(got) > 0 {
					t.Errorf("%v:\n%s", got, text)
				}
			}
		}
	}
}

// keepalived 2.2.7 hands each over as it stands here.
func TestWhatIsEscapedInALineIsForItsProgram(t *testing.T) {
	for written, want := range map[string][]string{
		`"/x a\|b"`:                      {"a|b"},
		`"/x \$HOME \> \&"`:              {"$HOME", ">", "&"},
		`"/x '\$A' \"\$B\""`:             {"$A", "$B"},
		`"/x \` + "`" + `a\` + "`" + `"`: {"`a`"},
		`"/x \; \~/y"`:                   {";", "~/y"},
		`"/x \(a\|b\)"`:                  {"(a|b)"},
		`"/x a\|b 'c|d' e"`:              {"a|b", "c|d", "e"},
	} {
		text := instance("A", 1, "notify_master "+written)
		c, _ := Parse("x", []byte(text), observed())
		got := c.Instances[0].Notify.Master
		if got.Shell || !reflect.DeepEqual(got.Argv[1:], want) {
			t.Errorf("%s: %+v, want %q", written, got, want)
		}
		if again, _ := Parse("x", []byte(Print(c)), observed()); !Equal(c, again) {
			t.Errorf("%s is read back as another: %s", written, Print(c))
		}
	}
	c, _ := Parse("x", []byte(instance("A", 1, `notify_master "/x a\|b | /y"`)), observed())
	if !c.Instances[0].Notify.Master.Shell {
		t.Error("a pipe beside what is escaped is no pipe")
	}
}

func TestWhatOnlyAShellWouldExpandIsNamed(t *testing.T) {
	for written, want := range map[string]string{
		`"/usr/bin/ls /etc/*.conf"`: "/etc/*.conf", `"/bin/rm -f *.pid"`: "*.pid", `"/bin/ls /etc/host?"`: "/etc/host?",
		`"/bin/ls /etc/[hp]osts"`: "/etc/[hp]osts", `"/bin/ls {a,b}"`: "{a,b}", `"/bin/touch /x{1..3}"`: "/x{1..3}",
		`/bin/l*`:                 "/bin/l*",
		`"/bin/ls '/etc/*.conf'"`: "", `"/bin/ls /etc/\*.conf"`: "", `"/bin/sh -c 'ls /etc/*.conf'"`: "", `"/bin/grep -q a.* /f"`: "",
		`"curl http://h/?a=1"`: "", `"/bin/awk '{print $1,$2}' /f"`: "", `"/bin/find /etc -name *conf"`: "", `"ls /etc/*.conf || exit 1"`: "",
		`"/bin/test [x]"`: "", `"/x {}"`: "",
	} {
		found := fires(instance("A", 1, "notify_master "+written), "not-expanded")
		if want == "" && len(found) != 0 || want != "" && (len(found) != 1 || found[0].Args["Value"] != want) {
			t.Errorf("%s: found %v, want %q", written, found, want)
		}
	}
}
