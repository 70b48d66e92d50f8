package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"holdfast/engine/control"
	"holdfast/server/show"
)

func TestAnOrderSaysWhatCameOfIt(t *testing.T) {
	o := control.Ordered{
		Virtual: "tcp:192.0.2.100:80", Lines: []string{"ipvsadm -e -t 192.0.2.100:80 -r 192.0.2.33:80 -g -w 0"},
		Server: control.ServerStatus{Name: "192.0.2.33:80", State: "DRAINING", Order: &control.OrderStatus{Mode: "drain", Left: &control.Left{Active: 12, Inactive: 3, Persistent: 4}}},
	}
	for lang, words := range map[string][]string{
		"en":    {"-w 0\n192.0.2.33:80 of tcp:192.0.2.100:80 gets no new clients; 12 connections open, 3 closing, 4 clients bound to it\n", "! tcp:192.0.2.100:80 has no quorum now\n"},
		"zh-CN": {"tcp:192.0.2.100:80 的 192.0.2.33:80 不再接收新客户端；12 个连接打开，3 个正在关闭，4 个客户端与其绑定\n", "未达法定权重\n"},
	} {
		var out bytes.Buffer
		if err := show.Ordered(&env{Lang: lang, Out: &out}, "", "drain", false, o, nil); err != nil {
			t.Fatal(err)
		}
		for _, w := range words {
			if !strings.Contains(out.String(), w) {
				t.Errorf("%s: no %q in\n%s", lang, w, out.String())
			}
		}
	}
}

func TestOrdersOfTheCommandLineReachTheRole(t *testing.T) {
	dir, err := os.MkdirTemp("", "hf") // short: a socket's path has 107 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	var got []string
	role := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = append(got, r.Method+" "+r.URL.String()+" "+string(body))
		state := "DRAINING"
		if r.Method == http.MethodGet {
			state = "DRAINED"
		}
		io.WriteString(w, `{"virtual":"v","server":{"name":"s","state":"`+state+`"},"quorum_up":true}`)
	}))
	var lc net.ListenConfig
	l, err := lc.Listen(context.Background(), "unix", control.Socket(dir, "lvs"))
	if err != nil {
		t.Fatal(err)
	}
	role.Listener.Close()
	role.Listener = l
	role.Start()
	defer role.Close()
	for line, want := range map[string]string{
		"drain v s --owner li --reason why --until all --within 10m --wait": `POST /order {"virtual":"v","server":"s","mode":"drain","owner":"li","reason":"why","until":"all","within":600}` + "\n" + `GET /order?server=s&virtual=v&wait=60.000 `,
		"weight v s 5 --owner li": `POST /order {"virtual":"v","server":"s","mode":"weight","weight":5,"owner":"li"}`,
		"off v s --owner li":      `POST /order {"virtual":"v","server":"s","mode":"off","owner":"li"}`,
		"back v s --owner li":     `POST /order {"virtual":"v","server":"s","mode":"back","owner":"li"}`,
	} {
		got = nil
		code, _, problems := try("en", append(strings.Fields(line), "--run-dir", dir)...)
		if all := strings.Join(got, "\n"); code != 0 || all != want {
			t.Errorf("%s: exit code %d, %s\n%s\nwant\n%s", line, code, problems, all, want)
		}
	}
	for _, line := range []string{"drain v", "weight v s", "weight v s much", "back v s more"} {
		if code, _, _ := try("en", strings.Fields(line)...); code != exitUsage {
			t.Errorf("%s: exit code %d", line, code)
		}
	}
	if code, _, problems := try("en", "off", "v", "s", "--run-dir", t.TempDir()); code != exitFailed || !strings.Contains(problems, "nothing listens") {
		t.Errorf("exit code %d, %s", code, problems)
	}
}
