package api

import (
	"cmp"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"holdfast/assets"
	"holdfast/web/fault"
)

// Problem is the body of every answer that is not 2xx (RFC 9457), with a code
// that programs may rely on.
type Problem struct {
	huma.ErrorModel
	Code  string            `json:"code" doc:"What went wrong; it never changes" example:"needs-yes"`
	Field string            `json:"field,omitempty" doc:"The field it belongs to"`
	Args  map[string]string `json:"args,omitempty" doc:"The facts of the sentence in detail"`
	// Meanwhile is in the answer to an order to save that came too late.
	Meanwhile *meanwhile `json:"meanwhile,omitempty" doc:"Only of PUT /candidate: what somebody else made of the text"`
}

// problemOf words an error.
func problemOf(lang string, err error) *Problem {
	e := fault.Of(err)
	p := &Problem{Code: e.Code, Field: e.Field, Args: e.Args}
	p.Status = e.Status()
	p.Title = http.StatusText(p.Status)
	p.Detail = assets.Text(lang, e.Sentence(), e.Args)
	if list, missing := lists[e.Code]; missing {
		p.Code = fault.NotFound
		if list != "" {
			p.Detail += assets.Text(lang, "ui.fault.listed", map[string]string{"List": list})
		}
	}
	return p
}

// codes of the library's own errors that are not about the fields of a request.
var codes = map[int]string{
	http.StatusNotFound: fault.NotFound, http.StatusRequestEntityTooLarge: "too-large", http.StatusRequestTimeout: "too-slow",
	http.StatusUnsupportedMediaType: "media-type", http.StatusNotAcceptable: "media-type",
}

// newProblemFor is how the library's own errors are made: a request that does
// not fit its declaration. Its errors name the places.
func newProblemFor(c huma.Context, status int, message string, errs ...error) huma.StatusError {
	lang := assets.Langs[0]
	if c != nil {
		lang = langOf(c.Context())
	}
	code := ""
	// The library takes a body that it cannot read for a fault of ours.
	if large := new(http.MaxBytesError); errors.As(errors.Join(errs...), &large) {
		status = http.StatusRequestEntityTooLarge
	} else if status == http.StatusInternalServerError && message == "cannot read request body" {
		status, code = http.StatusBadRequest, "unreadable"
	}
	p := &Problem{Code: cmp.Or(code, codes[status], "invalid-request")}
	if status >= http.StatusInternalServerError {
		p.Code = fault.Internal
	}
	p.Status, p.Title, p.Detail = status, http.StatusText(status), assets.Text(lang, "ui.fault."+p.Code, map[string]string{"Reason": message})
	for _, err := range errs {
		if err != nil {
			p.Add(err)
		}
	}
	return p
}

// newProblem is newProblemFor where the request is not known.
func newProblem(status int, message string, errs ...error) huma.StatusError {
	return newProblemFor(nil, status, message, errs...)
}

// Refuse answers a request with a problem before its body was read.
func Refuse(c *gin.Context, err error) {
	if c.Request.ContentLength != 0 {
		c.Header("Connection", "close") // else the server reads the body first, to use the connection again
	}
	speak(c)
	p := problemOf(langOf(c.Request.Context()), err)
	if after := fault.Of(err).RetryAfter(); after != "" {
		c.Header("Retry-After", after)
	}
	c.Header("Content-Type", "application/problem+json")
	c.AbortWithStatusJSON(p.Status, p)
}
