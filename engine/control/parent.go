package control

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
)

// ParentSocket is the path of the parent's control socket in the run directory.
func ParentSocket(runDir string) string { return filepath.Join(runDir, "parent.sock") }

// ListenParent makes the parent's control socket in place of an earlier one. Only
// root and this process's own user reach it.
func ListenParent(runDir string) (net.Listener, error) {
	path := ParentSocket(runDir)
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

// ServeParent answers POST /stop on l until ctx ends. stop starts the end of the
// parent and all its processes and returns before it is over, so that the answer
// can still be written. Peers other than root and this process's own user are
// refused: the console may ask a role, and not the parent.
func ServeParent(ctx context.Context, l net.Listener, stop func(StopMode) error, log *slog.Logger) error {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /stop", func(w http.ResponseWriter, r *http.Request) {
		req, ok := body[StopRequest](w, r)
		if !ok {
			return
		}
		mode, err := StopModeOf(req.Mode)
		if err == nil {
			err = stop(mode)
		}
		reply(w)(struct{}{}, err)
	})
	mux.HandleFunc("/", unknown)
	return serve(ctx, l, guard(nil, mux), log)
}
