package probe

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"strings"
	"time"

	"holdfast/engine/model"
)

// suites is every cipher suite there is: a check asks whether the server works,
// not whether it is safe. keepalived does not verify certificates either, also where
// the block SSL names authorities.
func suites() (ids []uint16) {
	for _, s := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		ids = append(ids, s.ID)
	}
	return ids
}

// talk is a conversation with a server: over TLS, which is nil for HTTP_GET.
type talk struct {
	*timed
	secure interface {
		io.ReadWriter
		CloseWrite() error
	}
}

// open connects, with TLS for SSL_GET.
func (p *Prober) open(ctx context.Context, c model.Check, u model.URL) (*talk, error) {
	conn, err := p.connect(ctx, c)
	if err != nil || c.Kind != model.SSLGet {
		return &talk{timed: conn}, err
	}
	name := serverName(c, u)
	if _, known := p.olds.Load(conn.to.at); known {
		o := &oldTLS{conn: conn}
		if err := o.hello(name, older); err == nil {
			return &talk{conn, o}, nil
		}
		p.olds.Delete(conn.to.at) // the server has changed
		conn.Close()
		if conn, err = p.connect(ctx, c); err != nil {
			return nil, err
		}
	}
	cfg := &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, CipherSuites: suites(), ServerName: name,
		Renegotiation: tls.RenegotiateFreelyAsClient} // as OpenSSL: some servers wish so before they answer
	p.Credentials.client(cfg)
	secure := tls.Client(conn, cfg)
	if err := secure.HandshakeContext(ctx); err != nil {
		conn.Close()
		return p.again(ctx, err, c, name, conn.end)
	}
	return &talk{conn, secure}, nil
}

// serverName is what the handshake names: sni_name, else with enable_sni the virtual
// host.
func serverName(c model.Check, u model.URL) string {
	if c.SNIName.Val != "" {
		return c.SNIName.Val
	}
	name := host(c, u)
	if !c.SNI || net.ParseIP(name) != nil {
		return ""
	}
	name, _, _ = strings.Cut(name, ":")
	return name
}

func (t *talk) Read(b []byte) (int, error) {
	if t.secure != nil {
		return t.secure.Read(b)
	}
	return t.timed.Read(b)
}

func (t *talk) Write(b []byte) (int, error) {
	if t.secure != nil {
		return t.secure.Write(b)
	}
	return t.timed.Write(b)
}

// leave says goodbye in TLS, too, and lets the server close first.
func (t *talk) leave() time.Duration {
	if t.secure != nil && t.secure.CloseWrite() != nil {
		return 0
	}
	return t.timed.leave()
}
