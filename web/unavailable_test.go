package web

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"

	"holdfast/store"
)

func TestAConsoleWithoutADatabaseSaysWhyInTheReadersLanguage(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	cause := errors.Join(errors.New("open /secret/place"), store.ErrDamaged)
	go func() { ended <- Unavailable(ctx, l, cause, slog.New(slog.DiscardHandler)) }()
	for lang, want := range map[string]string{"en": "database is damaged", "zh-CN": "数据库"} {
		for _, path := range []string{"/", "/api/v1/state"} {
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+l.Addr().String()+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Accept-Language", lang)
			r, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(r.Body)
			r.Body.Close()
			if err != nil || r.StatusCode != http.StatusInternalServerError || !strings.Contains(string(body), want) || strings.Contains(string(body), "secret") {
				t.Errorf("%s %s: %s %v: %s", lang, path, r.Status, err, body)
			}
			if r.Header.Get("Content-Security-Policy") != policy {
				t.Error("no policy")
			}
		}
	}
	end()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
