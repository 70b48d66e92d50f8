package model

import (
	"strings"
	"testing"
)

func TestLineThatExitsWithZeroWhateverHappensIsAFinding(t *testing.T) {
	for line, part := range map[string]string{
		"true && echo 1 || echo 0":                                     "echo 1",
		"docker ps -q --filter name=x | grep -q . && echo 1 || echo 0": "echo 0",
		"pidof nginx || true":                                          "true",
		"pidof nginx || :":                                             ":",
		"pidof nginx; exit 0":                                          "exit 0",
		"pidof nginx; echo $?":                                         "echo $?",
		"pidof nginx || exit 0":                                        "exit 0",
		"pidof nginx > /dev/null 2>&1 || /bin/echo 0":                  "/bin/echo 0",
		"ps -C nginx | wc -l":                                          "wc -l",
		"ps ax | grep nginx":                                           "grep nginx",
		"ps -ef | grep nginx && echo 1 || echo 0":                      "echo 1",
		"ip addr | awk '{ print $2 }'":                                 "awk { print $2 }",
		"if pidof nginx; then echo 1; else echo 0; fi":                 "echo 0",
		"(pidof nginx && exit 0) || echo 0":                            "echo 0",
		"pidof nginx &":                                                "&",
		"! false && echo x":                                            "echo x",
		"bash -c 'pidof nginx || echo 0'":                              "echo 0",
		"/bin/sh -c \\\"pidof nginx; echo done\\\"":                    "echo done",
		"echo 0": "echo 0",
	} {
		for _, text := range []string{
			"vrrp_script s {\n script \"" + line + "\"\n}\n",
			service("real_server 192.0.2.33 80 {\n MISC_CHECK {\n misc_path \"" + line + "\"\n }\n }"),
		} {
			found := fires(text, "script-never-fails")
			if len(found) != 1 || found[0].Args["Part"] != part {
				t.Errorf("%s: %+v", line, found)
			}
		}
	}
}

func TestLineThatCanFailIsNoFinding(t *testing.T) {
	for _, line := range []string{
		"pidof nginx", "pidof nginx || exit 1", "pidof nginx && exit 0 || exit 1", "ps ax | grep -q '[n]ginx'", "ps ax | grep nginx | grep -v grep",
		"pidof nginx && echo 1", "test -e /f || echo no && false", "if pidof nginx; then exit 0; else exit 1; fi", "if pidof nginx; then echo 1; else false; fi",
		"true", "exit 0", ":", "/bin/true", "! test -e /f", "exit 3", "cat /f | grep -q x", "cat /run/x || false", "pidof nginx; exit $?", "(exit 1)",
		"for i in 1 2; do test -e /f; done", "echo x | nc -w1 h 80", "x | awk '{ exit 1 }'", "test $(ps ax | wc -l) -gt 3", "bash -c 'pidof nginx || exit 1'",
		"echo 1; exit 1", "pidof a || pidof b", "pidof nginx || { echo no; exit 1; }", "[ -f /x ] && echo 1", "cat /f", "exit 1 || echo 0",
	} {
		text := "vrrp_script s {\n script \"" + line + "\"\n}\n"
		if found := fires(text, "script-never-fails"); len(found) != 0 {
			t.Errorf("%s: %+v", line, found)
		}
	}
	if found := fires(instance("A", 1, `notify_master "/x || true"`), "script-never-fails"); len(found) != 0 {
		t.Errorf("a notification: %+v", found)
	}
}

func TestFirstLineThatTheKernelCannotRunIsAFinding(t *testing.T) {
	for first, code := range map[First]string{
		NoInterpreter: "script-no-interpreter", EmptyProgram: "script-no-interpreter", MarkedProgram: "script-no-interpreter",
		CarriageReturn: "script-carriage-return", MissingInterpreter: "script-interpreter",
	} {
		facts := observed()
		facts.Program = func(string) Program { return Program{Found: true, First: first, Interpreter: "/x"} }
		for _, text := range []string{script, instance("A", 1, "notify /x"), service("quorum_up /x", checked), service("real_server 192.0.2.33 80 {\n MISC_CHECK {\n misc_path /x\n }\n }")} {
			_, findings := Parse("x", []byte(text), facts)
			n := 0
			for _, f := range findings {
				if f.Code == code {
					n++
				}
			}
			if n != 1 {
				t.Errorf("%s %d times in\n%s", code, n, text)
			}
		}
	}
}

func TestProgramThatScriptSecurityRefusesIsAFinding(t *testing.T) {
	facts := observed()
	facts.Program = func(string) Program { return Program{Found: true, Unsafe: "/home"} }
	for global, want := range map[string]int{
		"enable_script_security\n script_user root": 1, "script_user root": 0, "enable_script_security\n script_user ops": 0, "enable_script_security": 0,
	} {
		_, findings := Parse("x", []byte(script+"global_defs {\n "+global+"\n}\n"+strings.Replace(script, " s ", " u ", 1)), facts)
		n := 0
		for _, f := range findings {
			if f.Code == "script-unsafe" {
				n++
			}
		}
		if n != want {
			t.Errorf("%s: %d", global, n)
		}
	}
}
