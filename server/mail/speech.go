package mail

import (
	"errors"
	"fmt"
	"io"
	netmail "net/mail"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"holdfast/store"
)

// say sends a line and wants an answer with this code (or its beginning).
func (d *dialogue) say(st *store.Step, code int, line string) error {
	if err := oneLine(line); err != nil {
		return err
	}
	d.send(st, line, "")
	_, err := d.hear(st, code)
	return err
}

// send writes a line; shown is what is written down in its place, if not "". A
// write that fails is told by the hear that follows, if that hears nothing either: a
// server that hangs up says why before.
func (d *dialogue) send(st *store.Step, line, shown string) {
	if shown == "" {
		shown = line
	}
	st.Lines = append(st.Lines, store.Line{Sent: true, Text: shown})
	d.unsent = d.text.PrintfLine("%s", line)
}

// oneLine refuses text that a server would read as more than one line. Settings of
// a configuration are checked nowhere else.
func oneLine(line string) error {
	if strings.ContainsFunc(line, unicode.IsControl) {
		return fmt.Errorf("control character in %q", line)
	}
	return nil
}

// hear reads an answer of one or more lines. With code 0 any answer will do and
// comes back with its code.
func (d *dialogue) hear(st *store.Step, code int) (string, error) {
	got, said, err := d.text.ReadResponse(code)
	unsent := d.unsent
	d.unsent = nil
	if d.raw.fault != nil {
		return "", d.raw.fault
	}
	if got == 0 {
		if err == nil {
			err = io.ErrUnexpectedEOF
		}
		return "", errors.Join(err, unsent)
	}
	for _, line := range strings.Split(clip(d.veil.over(said)), "\n") {
		st.Lines = append(st.Lines, store.Line{Text: strconv.Itoa(got) + " " + line})
	}
	if code == 0 && err == nil {
		return strconv.Itoa(got) + " " + said, nil
	}
	return said, err
}

// bare is the address inside a form such as "Ops" <ops@example.org>.
func bare(address string) string {
	if a, err := netmail.ParseAddress(address); err == nil {
		return a.Address
	}
	return address
}

var queued = regexp.MustCompile(`(?i)(?:\bqueued as|\bid[= ])\s*<?([[:alnum:].-]{4,})`)

// queueID finds the number under which the server's log will name the mail.
func queueID(said string) string {
	if m := queued.FindStringSubmatch(said); m != nil {
		return m[1]
	}
	return ""
}
