package access

import (
	"context"
	"fmt"
	"slices"

	"github.com/gin-gonic/gin"

	"holdfast/store"
	"holdfast/web/auth"
	"holdfast/web/fault"
)

// rows is the table by method and path; a row that is there twice is a broken
// build, so it panics.
var rows = func() map[[2]string]Row {
	all := map[[2]string]Row{}
	for _, r := range table {
		key := [2]string{r.Method, r.Path}
		if _, twice := all[key]; twice {
			panic(fmt.Sprintf("access: %s %s has two rows", r.Method, r.Path))
		}
		all[key] = r
	}
	return all
}()

// Table gives every row, pages first.
func Table() []Row { return slices.Clone(table) }

// Find gives the row of an address; ok is false where there is none.
func Find(method, path string) (row Row, ok bool) {
	row, ok = rows[[2]string{method, path}]
	return row, ok
}

// ranks are the roles, each may do what the ones before it may.
var ranks = []store.Role{store.Viewer, store.Operator, store.Editor, store.Admin}

// May says whether a role is enough where least is asked for.
func May(have, least store.Role) bool {
	return slices.Index(ranks, have) >= slices.Index(ranks, least)
}

// Require says why a request with this context does not reach least; nil is: it
// does. Faults: unauthorized, forbidden.
func Require(ctx context.Context, least store.Role) error {
	if least == Anybody {
		return nil
	}
	s, in := auth.Of(ctx)
	switch {
	case !in:
		return fault.New(fault.Unauthorized)
	case !May(s.User.Role, least):
		return fault.New(fault.Forbidden)
	}
	return nil
}

// Sees says whether the reader of a request with this context may see the secrets of a
// text: those may who edit it.
func Sees(ctx context.Context) bool { return Require(ctx, store.Editor) == nil }

// Open says whether the address of a request asks for no session.
func Open(g *gin.Context) bool {
	row, ok := Find(g.Request.Method, g.FullPath())
	return ok && row.Least == Anybody
}

// Guard lets a request on if the row of its address allows it, and otherwise
// answers with refuse. A request for no address at all goes on: there is nothing
// behind it but the answer that says so.
func Guard(refuse func(*gin.Context, error)) gin.HandlerFunc {
	return func(g *gin.Context) {
		if g.FullPath() == "" {
			return
		}
		row, ok := Find(g.Request.Method, g.FullPath())
		err := error(fault.New(fault.Forbidden))
		if ok {
			err = Require(g.Request.Context(), row.Least)
		}
		if err != nil {
			refuse(g, err)
			g.Abort()
		}
	}
}

// Compare says which routes have no row, and which rows no route.
func Compare(routes gin.RoutesInfo) error {
	mounted := map[[2]string]bool{}
	for _, r := range routes {
		mounted[[2]string{r.Method, r.Path}] = true
		if _, ok := Find(r.Method, r.Path); !ok {
			return fmt.Errorf("access: %s %s is served but has no row", r.Method, r.Path)
		}
	}
	for _, r := range table {
		if !mounted[[2]string{r.Method, r.Path}] {
			return fmt.Errorf("access: %s %s has a row but is not served", r.Method, r.Path)
		}
	}
	return nil
}
