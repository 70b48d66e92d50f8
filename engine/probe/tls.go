package probe

import (
	"context"
	"crypto/tls"
	"net"
	"strings"

	"holdfast/engine/model"
)

// suites is every cipher suite there is: a check asks whether the server works,
// not whether it is safe. keepalived does not verify certificates either.
func suites() (ids []uint16) {
	for _, s := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		ids = append(ids, s.ID)
	}
	return ids
}

// handshake begins TLS on conn; enable_sni names the virtual host.
func handshake(ctx context.Context, conn net.Conn, c model.Check, u model.URL) (net.Conn, error) {
	cfg := &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, CipherSuites: suites()}
	if name := host(c, u); c.SNI && net.ParseIP(name) == nil {
		cfg.ServerName, _, _ = strings.Cut(name, ":")
	}
	secure := tls.Client(conn, cfg)
	if err := secure.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	return secure, nil
}
