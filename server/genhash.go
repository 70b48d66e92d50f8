package main

import (
	"context"
	"crypto/md5"
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/spf13/cobra"
)

// page names what genhash fetches.
type page struct {
	server  string
	port    uint16
	path    string
	tls     bool
	host    string // Host header and SNI; "" is server:port
	timeout time.Duration
}

func newGenhash(e *env) *cobra.Command {
	p := page{timeout: 5 * time.Second}
	cmd := &cobra.Command{Use: "genhash -s SERVER -p PORT -u PATH", Args: needs(e, "server"), RunE: func(cmd *cobra.Command, _ []string) error {
		digest, err := p.digest(cmd.Context())
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(e.Out, "MD5SUM = %s\n", digest)
		return err
	}}
	f := cmd.Flags()
	f.StringVarP(&p.server, "server", "s", "", "")
	f.Uint16VarP(&p.port, "port", "p", 80, "")
	f.StringVarP(&p.path, "url", "u", "/", "")
	f.BoolVarP(&p.tls, "use-ssl", "S", false, "")
	f.StringVarP(&p.host, "virtualhost", "V", "", "")
	return cmd
}

// digest fetches the page as HTTP_GET does and gives the MD5 of its body in hex.
// As in a check, the certificate is not verified and a redirect is not followed.
func (p page) digest(ctx context.Context) (string, error) {
	address := net.JoinHostPort(p.server, strconv.Itoa(int(p.port)))
	scheme := "http"
	if p.tls {
		scheme = "https"
	}
	ctx, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://"+address+p.path, nil)
	if err != nil {
		return "", err
	}
	req.Header.Set("User-Agent", "KeepAliveClient")
	req.Close = true
	config := &tls.Config{InsecureSkipVerify: true}
	if p.host != "" {
		req.Host = p.host
		config.ServerName = p.host
	}
	// The body is wanted as it travels.
	client := http.Client{Transport: &http.Transport{TLSClientConfig: config, DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer r.Body.Close()
	sum := md5.New()
	if _, err := io.Copy(sum, r.Body); err != nil {
		return "", fmt.Errorf("read body: %w", err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
