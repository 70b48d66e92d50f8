package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"holdfast/web/fault"
	"holdfast/web/page"
)

// policy allows what we serve ourselves and nothing else: no inline script or
// style, no frame around us, no form that leads away.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// trial is only reported, not enforced: htmx writes markup as text.
const trial = "require-trusted-types-for 'script'"

// headers puts the same headers on every answer, errors included.
func headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("Content-Security-Policy-Report-Only", trial)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		next.ServeHTTP(w, r)
	})
}

// heads answers HEAD as it would GET; the server itself leaves the body away.
func heads(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			r = r.Clone(r.Context())
			r.Method = http.MethodGet
		}
		next.ServeHTTP(w, r)
	})
}

// sameOrigin refuses a request that another site makes a browser send. Together with a cookie
// that stays home (SameSite=Strict) it takes the place of tokens in forms.
func sameOrigin(pages *page.Pages, e *gin.Engine) http.Handler {
	p := http.NewCrossOriginProtection()
	p.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g := gin.CreateTestContextOnly(w, e)
		g.Request = r
		fail(g, pages, fault.New("cross-origin"))
	}))
	return p.Handler(e)
}
