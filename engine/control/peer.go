package control

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"

	"golang.org/x/sys/unix"
)

type peerKey struct{}

// trustedKey marks the context of a request of root, or of this process's own user.
type trustedKey struct{}

// Trusted says whether a request comes from root or from this process's own user, and
// not from somebody who is only let in.
func Trusted(ctx context.Context) bool {
	trusted, ok := ctx.Value(trustedKey{}).(bool)
	return ok && trusted
}

// withPeer notes the user that connected, by the credentials the kernel vouches for.
func withPeer(ctx context.Context, c net.Conn) context.Context {
	cred, err := peerOf(c)
	if err != nil {
		return ctx
	}
	return context.WithValue(ctx, peerKey{}, cred)
}

// peerOf reads SO_PEERCRED of a unix connection.
func peerOf(c net.Conn) (*unix.Ucred, error) {
	u, ok := c.(*net.UnixConn)
	if !ok {
		return nil, fmt.Errorf("peer credentials of %T", c)
	}
	raw, err := u.SyscallConn()
	if err != nil {
		return nil, err
	}
	var cred *unix.Ucred
	var inner error
	if err := raw.Control(func(fd uintptr) {
		cred, inner = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	}); err != nil {
		return nil, err
	}
	return cred, inner
}

// guard lets in root, this process's own user and those allowed.
func guard(allow []uint32, next http.Handler) http.Handler {
	self := uint32(os.Geteuid())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		cred, ok := r.Context().Value(peerKey{}).(*unix.Ucred)
		trusted := ok && (cred.Uid == 0 || cred.Uid == self)
		if !trusted && (!ok || !slices.Contains(allow, cred.Uid)) {
			refuse(w, &Problem{Code: Forbidden, Message: "this socket is not for you"})
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), trustedKey{}, trusted)))
	})
}
