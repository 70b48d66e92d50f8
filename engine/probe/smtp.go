package probe

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"strconv"

	"holdfast/engine/model"
)

// smtpSteps is the dialogue of SMTP_CHECK: what is said, and the reply that has
// to follow (RFC 5321, 4.3.2), 0 for any: keepalived reads the answer to QUIT
// and does not judge it.
var smtpSteps = []struct {
	say  string
	code int
}{
	{"", 220}, // the server speaks first
	{"HELO", 250},
	{"QUIT", 0},
}

// smtp is SMTP_CHECK: up if the server greets, takes HELO and answers QUIT.
func (p *Prober) smtp(ctx context.Context, c model.Check) Result {
	conn, err := p.connect(ctx, c)
	if err != nil {
		return failed(err, c)
	}
	defer conn.Close()
	reader := textproto.NewReader(bufio.NewReader(io.LimitReader(conn, maxHeader)))
	for _, step := range smtpSteps {
		line := step.say
		if step.say == "HELO" {
			line += " " + c.Helo.Val
		}
		early := reader.R.Buffered() // what came behind a reply may be no answer to the next command
		if line != "" {
			if _, err := io.WriteString(conn, line+"\r\n"); err != nil {
				return failed(err, c)
			}
		}
		if step.code == 0 {
			if _, err := reader.R.ReadSlice('\n'); err != nil && !errors.Is(err, bufio.ErrBufferFull) {
				return failed(err, c)
			}
			break
		}
		code, _, err := reader.ReadResponse(step.code)
		for wrong := (*textproto.Error)(nil); early > 0 && errors.As(err, &wrong); {
			early = reader.R.Buffered()
			code, _, err = reader.ReadResponse(step.code)
		}
		if conn.late != nil { // which takes half a line for a whole one
			return failed(conn.late, c)
		}
		if wrong := (*textproto.Error)(nil); errors.As(err, &wrong) {
			return smtpReply(step.say, code)
		}
		if broken := textproto.ProtocolError(""); errors.As(err, &broken) {
			return Result{Code: "not-smtp", Text: "not an SMTP answer", answered: true}
		}
		if err != nil {
			return failed(err, c)
		}
	}
	return Result{Up: true, Code: "smtp", Text: "SMTP ready", answered: true, parting: conn.leave()}
}

func smtpReply(said string, code int) Result {
	r := Result{
		Code: "smtp-reply", Text: fmt.Sprint("SMTP ", code), answered: true,
		Args: map[string]string{"reply": strconv.Itoa(code), "step": said},
	}
	if said != "" {
		r.Text += " to " + said
	}
	return r
}
