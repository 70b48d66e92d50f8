package probe

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"holdfast/engine/model"
)

// shown reads the block SSL of a text, whose files are those of testdata/client.
func shown(t *testing.T, lines string) (Credentials, error) {
	t.Helper()
	cfg, findings := model.Parse("x", []byte("SSL {\n"+lines+"\n}\n"), model.Facts{})
	for _, f := range findings {
		t.Errorf("%+v", f)
	}
	return ReadCredentials(cfg.Credentials())
}

func client(file string) string { return filepath.Join("testdata", "client", file) }

// wary serves those alone whose certificate the root of testdata vouches for.
func wary(t *testing.T) *httptest.Server {
	t.Helper()
	text, err := os.ReadFile(client("ca.pem"))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(text)
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, r.TLS.PeerCertificates[0].Subject.CommonName)
	}))
	s.TLS = &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: roots}
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// The server knows the root alone: the authority between comes from ca, as OpenSSL
// completes a certificate that stands alone in its file.
func TestAServerThatAsksWhoWeAreSeesTheCertificate(t *testing.T) {
	s := wary(t)
	k := check(model.SSLGet, s.Listener.Addr().String())
	const all = "certificate testdata/client/client.pem\nca testdata/client/authorities.pem\n"
	for lines, up := range map[string]bool{
		all + "key testdata/client/plain.key":                                   true,
		all + "key testdata/client/sec1.key":                                    true,
		all + "key testdata/client/pkcs8.key\npassword secret":                  true,
		all + "key testdata/client/pkcs8-des3.key\npassword secret":             true,
		all + "key testdata/client/traditional.key\npassword secret":            true,
		all + "key testdata/client/traditional-des3.key\npassword \"secret\"":   true,
		"certificate testdata/client/client.pem\nkey testdata/client/plain.key": false, // nobody vouches for it
		all: false, // without its key it is shown to nobody
	} {
		read, err := shown(t, lines)
		if err != nil {
			t.Errorf("%s: %v", lines, err)
			continue
		}
		if r := (&Prober{Credentials: read}).Run(t.Context(), k); r.Up != up {
			t.Errorf("%s: %+v", lines, r)
		}
	}
}

// As with keepalived no server is verified, also where authorities are named.
func TestAServerOfAnotherAuthorityIsUp(t *testing.T) {
	s := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer s.Close()
	read, err := shown(t, "ca testdata/client/ca.pem")
	if err != nil {
		t.Fatal(err)
	}
	if r := (&Prober{Credentials: read}).Run(t.Context(), check(model.SSLGet, s.Listener.Addr().String())); !r.Up {
		t.Errorf("%+v", r)
	}
}

func TestCredentialsThatCannotBeReadSayWhy(t *testing.T) {
	for lines, want := range map[string]string{
		"key testdata/client/absent.key":                                        "no such file",
		"key testdata/client/ca.pem":                                            "no key in",
		"certificate testdata/client/plain.key":                                 "no certificate in",
		"ca testdata/client/plain.key":                                          "no certificate in",
		"key testdata/client/pkcs8.key":                                         "the password of the key is another",
		"key testdata/client/pkcs8.key\npassword wrong":                         "the password of the key is another",
		"key testdata/client/traditional.key\npassword wrong":                   "the password of the key is another",
		"certificate testdata/client/client.pem\nkey testdata/client/other.key": "is not that of the certificate",
	} {
		if _, err := shown(t, lines); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", lines, err, want)
		}
	}
}

// The last block counts, as a whole.
func TestASecondBlockSSLTakesThePlaceOfTheFirst(t *testing.T) {
	cfg, _ := model.Parse("x", []byte("SSL {\nkey a\nca b\n}\nSSL {\nkey c\npassword d\n}\n"), model.Facts{})
	if got := cfg.Credentials(); got.Key != "c" || got.CA != "" || got.Password.Reveal() != "d" {
		t.Errorf("%+v", got)
	}
}
