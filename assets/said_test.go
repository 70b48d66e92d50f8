package assets

import (
	"maps"
	"strings"
	"testing"
)

// sample are facts as the engine has them.
var sample = map[string]string{"took": "12 ms", "limit": "1.5 s", "path": "/x", "step": "HELO", "byte": "0f", "digest": strings.Repeat("0a", 16), "said": "connected"}

func TestEveryFormIsReadBackAsWhatItSays(t *testing.T) {
	for _, f := range forms() {
		want := map[string]string{}
		for _, name := range f.read.SubexpNames() {
			if name == "" {
				continue
			}
			want[name] = sample[name]
			if want[name] == "" && values[name] != "" && name != "program" {
				want[name] = "7"
			} else if want[name] == "" {
				want[name] = "some value"
			}
		}
		text := Text("en", f.code, want)
		code, facts := Read(text)
		if code != f.code || !maps.Equal(facts, want) {
			t.Errorf("%q is read as %s %v, not as %s %v", text, code, facts, f.code, want)
		}
	}
}

func TestWhatIsSaidIsWordedInTheReadersLanguage(t *testing.T) {
	for text, want := range map[string]string{
		"HTTP 503, 12 ms": "HTTP 503，用时 12 ms",
		"HTTP 200, digest " + strings.Repeat("0a", 16) + " is not the expected one from /a, 3 s": "HTTP 200，摘要 " + strings.Repeat("0a", 16) + " 与预期不符（/a），用时 3 s",
		"HTTP 200, the body does not match, <1 ms":                                               "HTTP 200，正文与表达式不匹配，用时 <1 ms",
		"timed out after 3 s":                                    "超时：3 s 内没有完成",
		"SMTP 550 to HELO, 1.5 s":                                "SMTP 对 HELO 应答 550，用时 1.5 s",
		"not run: fork/exec /a b: permission denied":             "未运行：无法执行 /a b：权限不足",
		`not run: exec: "x": executable file not found in $PATH`: "未运行：无法执行 x：在 $PATH 中找不到该程序",
		"exit 7, weight 5, 2 ms":                                 "退出码 7，权重 5，用时 2 ms",
		"remote error: tls: handshake failure, 2 ms":             "服务器报告：TLS 握手失败，用时 2 ms",
		"no such interpreter: /bin/none":                         "解释器不存在：/bin/none",
		"what nobody has heard of":                               "what nobody has heard of",
		"":                                                       "",
	} {
		if got := Said("zh-CN", text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
		if got := Said("en", text); got != text {
			t.Errorf("%q is %q in English", text, got)
		}
	}
	if said := Text("zh-CN", "held.check-not-run", map[string]string{"command": "/x", "reason": "stat /x: no such file or directory"}); strings.Contains(said, "no such") {
		t.Error(said)
	}
	if said := Event("zh-CN", "server-state", "x", map[string]string{"from": "UP", "to": "DOWN", "virtual": "tcp:192.0.2.1:80", "server": "s", "reason": "connection refused, 1 ms"}); strings.Contains(said, "refused") {
		t.Error(said)
	}
}
