#!/bin/sh
# huma-embedded-unexported-parameters.sh - huma 2.37.2 reads and describes no parameter of an
# embedded struct whose type has a name in lower case, and says nothing about it.
#
# Parameters that many requests share, such as those of paging, are kept in one struct that
# the inputs embed. Go promotes the fields of such a struct whatever the name of its type,
# and encoding/json fills them. huma walks exported fields only, and the embedded field
# carries the name of its type: with "paging" the request is served with zeros in place of
# what it asked for, a value beyond its maximum is no error, and the OpenAPI document does
# not name the parameter. With "Paging" all three are there.
#
# The module and what it needs are downloaded into a temporary folder. This is outside CI: it
# needs Go and a module proxy, and takes some ten seconds.
#
# Exit codes: 0 it behaves as described, 1 it does not any more, 2 it cannot be seen here.
set -eu

version=v2.37.2

# One row a request: case of the name of the embedded type, limit that was asked for, status, limit that
# the handler saw, and number of parameters that OpenAPI describes. The maximum is 10.
rows() {
	cat <<'ROWS'
lower 7 200 0 0
lower 11 200 0 0
upper 7 200 7 1
upper 11 422 - 1
ROWS
}

cannot() {
	echo "cannot be seen here: $*" >&2
	exit 2
}

command -v go >/dev/null || cannot "go is missing"

folder=$(mktemp -d /tmp/finding.XXXXXX)
trap 'rm -rf "$folder"' EXIT
trap 'exit 2' HUP INT PIPE TERM
cd "$folder"

cat >go.mod <<MOD
module finding

go 1.25

require github.com/danielgtaylor/huma/v2 $version
MOD

cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

type paging struct {
	Limit int `query:"limit" maximum:"10"`
}

type Paging struct {
	Limit int `query:"limit" maximum:"10"`
}

type lower struct{ paging }

type upper struct{ Paging }

type answer struct {
	Body struct {
		Limit int `json:"limit"`
	}
}

func answered(limit int) (*answer, error) {
	out := &answer{}
	out.Body.Limit = limit
	return out, nil
}

func main() {
	mux := http.NewServeMux()
	api := humago.New(mux, huma.DefaultConfig("finding", "1"))
	huma.Get(api, "/lower", func(_ context.Context, in *lower) (*answer, error) { return answered(in.Limit) })
	huma.Get(api, "/upper", func(_ context.Context, in *upper) (*answer, error) { return answered(in.Limit) })
	for _, name := range []string{"lower", "upper"} {
		for _, limit := range []string{"7", "11"} {
			reply := httptest.NewRecorder()
			mux.ServeHTTP(reply, httptest.NewRequest("GET", "/"+name+"?limit="+limit, nil))
			seen := "-"
			if _, behind, ok := strings.Cut(reply.Body.String(), `"limit":`); ok {
				seen = strings.TrimRight(behind, "}\n")
			}
			fmt.Println(name, limit, reply.Code, seen, len(api.OpenAPI().Paths["/"+name].Get.Parameters))
		}
	}
}
GO

go mod tidy >tidy.log 2>&1 || cannot "the module cannot be downloaded: $(tail -n 1 tidy.log)"
go build -o finding . || cannot "the program cannot be built"
./finding >seen
rows >wished

echo "huma $version: case of the embedded type, limit asked for, status, limit seen, parameters described"
cat seen
if ! cmp -s wished seen; then
	echo "huma behaves otherwise now; it was:" >&2
	cat wished >&2
	exit 1
fi
echo "parameters of an embedded struct with a name in lower case are neither read nor described"
