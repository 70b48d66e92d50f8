package probe

import (
	"bufio"
	"io"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"holdfast/engine/model"
)

func openssl(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command("openssl", args...).CombinedOutput(); err != nil {
		t.Fatalf("openssl %s: %v %s", args, err, out)
	}
}

// opensslServer is a web server of OpenSSL's.
func opensslServer(t *testing.T, key, cert string, options ...string) string {
	t.Helper()
	addr := closedPort(t)
	cmd := exec.Command("openssl", append([]string{"s_server", "-accept", addr, "-www", "-quiet", "-key", key, "-cert", cert}, options...)...)
	out := &strings.Builder{}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if conn, err := net.Dial("tcp", addr); err == nil {
			conn.Close()
			return addr
		}
		if time.Now().After(deadline) {
			t.Fatalf("openssl s_server %v does not listen: %s", options, out)
		}
	}
}

func TestWhatOpenSSLSpeaksIsUpOrToldByName(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	fresh := func(name string, options ...string) {
		openssl(t, append([]string{"req", "-x509", "-nodes", "-keyout", in(name + ".key"), "-out", in(name + ".crt"), "-days", "9", "-subj", "/CN=web.example.net"}, options...)...)
	}
	fresh("plain", "-newkey", "rsa:2048")
	fresh("negative", "-newkey", "rsa:2048", "-set_serial", "-5")
	fresh("zero", "-newkey", "rsa:2048", "-set_serial", "0")
	fresh("short", "-newkey", "rsa:768")
	fresh("curve", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256")
	fresh("pss", "-newkey", "rsa-pss", "-pkeyopt", "rsa_keygen_bits:2048")
	fresh("ed448", "-newkey", "ed448")
	fresh("explicit", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-pkeyopt", "ec_param_enc:explicit")
	fresh("koblitz", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:secp256k1")
	fresh("md5", "-newkey", "rsa:2048", "-md5")
	fresh("uri", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-addext", "subjectAltName=URI:http://[bad")
	fresh("address", "-newkey", "rsa:2048", "-addext", "subjectAltName=DER:30028701")
	fresh("constraints", "-newkey", "rsa:2048", "-addext", "basicConstraints=DER:0500")
	for _, c := range []struct {
		key, options string
		up           bool
		text         string
	}{
		{"plain", "", true, "HTTP 200, "},
		{"negative", "", true, "HTTP 200, "},
		{"negative", "-tls1_2", true, "HTTP 200, "},
		{"zero", "", true, "HTTP 200, "},
		{"short", "-cipher ALL:@SECLEVEL=0 -tls1_2", true, "HTTP 200, "},
		{"plain", "-tls1 -cipher ALL:@SECLEVEL=0", true, "HTTP 200, "},
		{"plain", "-tls1_2 -cipher AES128-SHA256", true, "HTTP 200, "},
		{"plain", "-tls1_2 -cipher DHE-RSA-AES256-GCM-SHA384", true, "HTTP 200, "},
		{"plain", "-tls1_2 -cipher DHE-RSA-AES128-SHA", true, "HTTP 200, "},
		{"plain", "-tls1_2 -cipher ECDHE-RSA-AES256-SHA384", true, "HTTP 200, "},
		{"plain", "-tls1_2 -cipher AES256-SHA256", true, "HTTP 200, "},
		{"plain", "-tls1_2 -cipher DHE-RSA-AES128-GCM-SHA256", true, "HTTP 200, "},
		{"plain", "-tls1_2 -cipher DHE-RSA-AES256-SHA", true, "HTTP 200, "},
		{"plain", "-tls1_2 -cipher DHE-RSA-AES128-SHA256", true, "HTTP 200, "},
		{"plain", "-tls1_2 -cipher DHE-RSA-AES256-SHA256", true, "HTTP 200, "},
		{"plain", "-tls1_2 -cipher DHE-RSA-AES256-SHA256 -verify 1", true, "HTTP 200, "},
		{"negative", "-tls1_2 -cipher DHE-RSA-AES256-SHA256", true, "HTTP 200, "},
		{"curve", "-tls1_2 -cipher ECDHE-ECDSA-AES256-SHA384", true, "HTTP 200, "},
		{"plain", "-tls1_2 -cipher DHE-RSA-CHACHA20-POLY1305", true, "HTTP 200, "},
		{"pss", "", true, "HTTP 200, "},
		{"ed448", "", true, "HTTP 200, "},
		{"explicit", "", true, "HTTP 200, "},
		{"uri", "", true, "HTTP 200, "},
		{"address", "", true, "HTTP 200, "},
		{"constraints", "", true, "HTTP 200, "},
		{"md5", "", true, "HTTP 200, "},
		{"md5", "-tls1_2 -cipher ECDHE-RSA-CHACHA20-POLY1305", true, "HTTP 200, "},
		{"plain", "-tls1_2 -sigalgs RSA+SHA224 -cipher DEFAULT@SECLEVEL=0", true, "HTTP 200, "},
		{"pss", "-tls1_3", false, "TLS 1.3: the certificate of the server, "},
		{"ed448", "-tls1_3", false, "TLS 1.3: the certificate of the server, "},
		{"uri", "-tls1_3", false, "TLS 1.3: the certificate of the server, "},
		{"koblitz", "", false, "remote error: tls: handshake failure"},
		{"plain", "-tls1 -cipher DHE-RSA-AES128-SHA:@SECLEVEL=0", false, "TLS: the server wants the suite DHE-RSA-AES128-SHA with TLS 1.0, "},
		{"plain", "-tls1_3 -groups X448", false, "TLS: the server wants the group X448, "},
		{"plain", "-tls1_3 -groups ffdhe2048", false, "TLS: the server wants the group ffdhe2048, "},
		{"plain", "-tls1_2 -cipher ARIA256-GCM-SHA384", false, "remote error: tls: handshake failure"},
	} {
		t.Run(c.key+" "+c.options, func(t *testing.T) {
			addr := opensslServer(t, in(c.key+".key"), in(c.key+".crt"), strings.Fields(c.options)...)
			k := check(model.SSLGet, addr)
			k.Timing.ConnectTimeout = model.Some(model.Seconds(10 * time.Second))
			p := &Prober{}
			for range 3 { // the second hello is remembered
				if r := p.Run(t.Context(), k); r.Up != c.up || !strings.HasPrefix(r.Text, c.text) {
					t.Errorf("%+v", r)
				}
			}
		})
	}
}

// A server that wants a certificate for one path only asks for another handshake there.
func TestAServerThatRenegotiatesBeforeItAnswersIsUp(t *testing.T) {
	dir := t.TempDir()
	key, cert, addr := filepath.Join(dir, "key"), filepath.Join(dir, "crt"), closedPort(t)
	openssl(t, "req", "-x509", "-nodes", "-keyout", key, "-out", cert, "-subj", "/CN=web.example.net", "-newkey", "rsa:2048")
	cmd := exec.Command("openssl", "s_server", "-accept", addr, "-tls1_2", "-key", key, "-cert", cert)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	said := bufio.NewScanner(out)
	until := func(what string) {
		for said.Scan() {
			if strings.HasPrefix(said.Text(), what) {
				return
			}
		}
	}
	until("ACCEPT")
	go func() {
		until("Host: ")
		io.WriteString(in, "r\n") // it asks for another handshake, and reads what is typed behind that
		until("SSL_do_handshake")
		io.WriteString(in, "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n\n")
	}()
	k := check(model.SSLGet, addr)
	k.Timing.ConnectTimeout = model.Some(model.Seconds(10 * time.Second))
	if r := probe(t, k); !r.Up {
		t.Errorf("%+v", r)
	}
}

// A server that is not asked in vain each time does not log a failed handshake
// each time; one that was upgraded meanwhile is asked as any other.
func TestServerOfOldSuitesIsAskedOnceInVain(t *testing.T) {
	dir := t.TempDir()
	key, cert := filepath.Join(dir, "key"), filepath.Join(dir, "crt")
	openssl(t, "req", "-x509", "-nodes", "-keyout", key, "-out", cert, "-subj", "/CN=web.example.net", "-newkey", "rsa:2048")
	var behind atomic.Value
	var seen atomic.Int32
	front := serve(t, func(conn net.Conn) {
		seen.Add(1)
		there, err := net.Dial("tcp", behind.Load().(string))
		if err != nil {
			t.Error(err)
			return
		}
		defer there.Close()
		go func() { io.Copy(there, conn); there.Close() }()
		io.Copy(conn, there)
	})
	k := check(model.SSLGet, front)
	k.Timing.ConnectTimeout = model.Some(model.Seconds(10 * time.Second))
	p := &Prober{}
	for _, c := range []struct {
		server string
		more   int32
	}{{"-tls1_2 -cipher DHE-RSA-AES256-GCM-SHA384", 2}, {"", 1}, {"-tls1_3", 2}, {"", 1}} {
		if c.server != "" {
			behind.Store(opensslServer(t, key, cert, strings.Fields(c.server)...))
		}
		before := seen.Load()
		if r := p.Run(t.Context(), k); !r.Up || seen.Load()-before != c.more {
			t.Errorf("%+v: %+v after %d connections", c, r, seen.Load()-before)
		}
	}
}

func TestSecondHelloEndsWithTheCheck(t *testing.T) {
	asked := make(chan struct{}, 2)
	addr := serve(t, func(conn net.Conn) {
		if len(asked) == 0 { // an alert: handshake failure
			asked <- struct{}{}
			conn.Read(make([]byte, 4096))
			conn.Write([]byte{21, 3, 3, 0, 2, 2, 40})
			return
		}
		asked <- struct{}{}
		for { // a hello without end
			if _, err := conn.Write([]byte{22}); err != nil {
				return
			}
			time.Sleep(5 * time.Millisecond)
		}
	})
	k := check(model.SSLGet, addr)
	k.Timing.ConnectTimeout = model.Some(model.Seconds(200 * time.Millisecond))
	if r := probe(t, k); r.Up || !strings.Contains(r.Text, "handshake failure") || r.Took > 10*time.Second {
		t.Errorf("%+v", r)
	}
	if len(asked) != 2 {
		t.Errorf("asked %d times", len(asked))
	}
}

func TestNameThatFitsNoHelloIsAnError(t *testing.T) {
	if _, err := clientHello(make([]byte, 32), strings.Repeat("n", 1<<16), all); err == nil {
		t.Error("it is taken")
	}
}

// What a server may answer to a hello ends the handshake, whatever it is.
func FuzzOldHandshakeEnds(f *testing.F) {
	f.Add(uint16(0x9f), "\x16\x03\x03\x00\x04\x0e\x00\x00\x00")
	f.Add(uint16(0x3d), "\x16\x03\x03\x00\x0a\x0b\x00\x00\x06\x00\x00\x03\x00\x00\x00")
	f.Add(uint16(0xc028), "\x16\x03\x03\x00\x0a\x0c\x00\x00\x06\x03\x00\x1d\x02ab")
	f.Fuzz(func(t *testing.T, suite uint16, text string) {
		near, far := net.Pipe()
		defer near.Close()
		go func() { io.Copy(io.Discard, far) }()
		go func() { io.WriteString(far, text); far.Close() }()
		o := &oldTLS{conn: &timed{Conn: near, limit: time.Second, end: time.Now().Add(time.Second)}}
		if s, ok := oldSuites[suite]; ok && o.shake(s, make([]byte, 32), make([]byte, 32)) == nil {
			t.Error("a handshake without a server")
		}
	})
}

func FuzzServerHelloEnds(f *testing.F) {
	f.Add("\x03\x03" + strings.Repeat("r", 32) + "\x00\x00\x9f\x00")
	f.Add("\x03\x03" + string(retry) + "\x00\x13\x01\x00\x00\x06\x00\x33\x00\x02\x00\x1e")
	f.Fuzz(func(t *testing.T, text string) {
		version, suite, group, err := serverHello([]byte(text))
		if err != nil && (version != 0 || suite != 0 || group != 0) {
			t.Error(version, suite, group, err)
		}
	})
}
