// Package api is the console's REST interface under /api/v1: each operation is
// declared once, and its validation, its documentation (/api/v1/openapi.json)
// and its answer come from the same types. It calls the functions the pages call
// and decides nothing. Every error is application/problem+json with a code that
// stays the same.
package api
