package api

import (
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
}

// problemOf words an error.
func problemOf(lang string, err error) *Problem {
	e := fault.Of(err)
	p := &Problem{Code: e.Code, Field: e.Field, Args: e.Args}
	p.Status = e.Status()
	p.Title = http.StatusText(p.Status)
	p.Detail = assets.Text(lang, "ui.fault."+e.Code, e.Args)
	return p
}

// newProblem is how the library's own errors are made: a request that does not
// fit its declaration.
func newProblem(status int, message string, errs ...error) huma.StatusError {
	p := &Problem{Code: "invalid-request"}
	if status >= http.StatusInternalServerError {
		p.Code = fault.Internal
	}
	p.Status, p.Title, p.Detail = status, http.StatusText(status), message
	for _, err := range errs {
		if err != nil {
			p.Add(err)
		}
	}
	return p
}

// Refuse answers a request with a problem before its body was read.
func Refuse(c *gin.Context, err error) {
	if c.Request.ContentLength != 0 {
		c.Header("Connection", "close") // else the server reads the body first, to use the connection again
	}
	p := problemOf(langOf(c.Request.Context()), err)
	c.Header("Content-Type", "application/problem+json")
	c.AbortWithStatusJSON(p.Status, p)
}
