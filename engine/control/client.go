package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"

	"holdfast/engine/journal"
)

// Client asks one role over its socket. It may be used by many at once. Errors
// that the role answered with are *Problem; any other means that the role could
// not be reached.
type Client struct {
	path string
	http *http.Client
	hang hang
}

// Dial gives a client for the socket at path. It connects when asked something.
func Dial(path string) *Client {
	t := &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "unix", path)
		},
		// A kept connection would outlive the role that it leads to.
		DisableKeepAlives: true,
	}
	return &Client{path: path, http: &http.Client{Transport: t}}
}

// Absent says whether a call failed because nobody listens at the socket: the
// role does not run.
func Absent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED)
}

// Status asks where the role stands.
func (c *Client) Status(ctx context.Context) (Status, error) {
	var s Status
	ctx, done := c.hang.quick(ctx)
	err := c.call(ctx, http.MethodGet, "/status", nil, &s)
	done(err)
	return s, err
}

// Plan asks what applying text would do now.
func (c *Client) Plan(ctx context.Context, text string) (Planned, error) {
	var p Planned
	return p, c.call(ctx, http.MethodPost, "/plan", Text{text}, &p)
}

// Apply makes a text the running one.
func (c *Client) Apply(ctx context.Context, req ApplyRequest) (Planned, error) {
	var p Planned
	return p, c.call(ctx, http.MethodPost, "/apply", req, &p)
}

// ApplyText is Apply for a text alone, which travels as it stands: to write a large one
// as JSON and to read it takes longer than to find out what it means.
func (c *Client) ApplyText(ctx context.Context, text string) (Planned, error) {
	var p Planned
	return p, c.call(ctx, http.MethodPost, "/apply", plain(text), &p)
}

// plain is a body that is a text and no JSON.
type plain string

// plainText is its type.
const plainText = "text/plain; charset=utf-8"

// Confirm keeps the applied text with this hash.
func (c *Client) Confirm(ctx context.Context, hash string) error {
	return c.call(ctx, http.MethodPost, "/confirm", ConfirmRequest{hash}, nil)
}

// Revert takes the applied text with this hash back now.
func (c *Client) Revert(ctx context.Context, hash string) (Planned, error) {
	var p Planned
	return p, c.call(ctx, http.MethodPost, "/revert", ConfirmRequest{hash}, &p)
}

// FallBack makes the role go back from one text to the one before it, because the other
// role died on it.
func (c *Client) FallBack(ctx context.Context, from, to string) error {
	return c.call(ctx, http.MethodPost, "/fallback", FallRequest{from, to}, nil)
}

// Adverts asks which routers the role hears.
func (c *Client) Adverts(ctx context.Context) (Adverts, error) {
	var a Adverts
	ctx, done := c.hang.quick(ctx)
	err := c.call(ctx, http.MethodGet, "/adverts", nil, &a)
	done(err)
	return a, err
}

// Config gives the running text and its hash.
func (c *Client) Config(ctx context.Context) (text, hash string, err error) {
	ctx, done := c.hang.quick(ctx)
	defer func() { done(err) }()
	r, err := c.do(ctx, http.MethodGet, "/config", nil)
	if err != nil {
		return "", "", err
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return "", "", fmt.Errorf("read running text: %w", err)
	}
	return string(b), strings.Trim(r.Header.Get("ETag"), `"`), nil
}

// Journal calls each with every entry above after, and goes on with those to
// come. It returns when ctx ends, when the role ends or when each fails.
func (c *Client) Journal(ctx context.Context, after uint64, each func(journal.Entry) error) error {
	r, err := c.do(ctx, http.MethodGet, "/journal?after="+strconv.FormatUint(after, 10), nil)
	if err != nil {
		return err
	}
	defer r.Body.Close()
	for dec := json.NewDecoder(r.Body); ; {
		var e journal.Entry
		if err := dec.Decode(&e); errors.Is(err, io.EOF) {
			return io.EOF
		} else if err != nil {
			return fmt.Errorf("read journal: %w", err)
		}
		if err := each(e); err != nil {
			return err
		}
	}
}

// Stop asks the role to end: "release" or "handoff". It returns before the role
// is gone.
func (c *Client) Stop(ctx context.Context, mode string) error {
	return c.call(ctx, http.MethodPost, "/stop", StopRequest{mode}, nil)
}

// Peer gives the process id behind the socket, as the kernel knows it.
func (c *Client) Peer(ctx context.Context) (int, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", c.path)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	cred, err := peerOf(conn)
	if err != nil {
		return 0, err
	}
	return int(cred.Pid), nil
}

func (c *Client) call(ctx context.Context, method, path string, in, out any) error {
	r, err := c.do(ctx, method, path, in)
	if err != nil {
		return err
	}
	defer r.Body.Close()
	if out == nil {
		return nil
	}
	if err := json.NewDecoder(r.Body).Decode(out); err != nil {
		return fmt.Errorf("read answer to %s: %w", path, err)
	}
	return nil
}

// do sends a request and turns an answer that is not 2xx into its Problem.
func (c *Client) do(ctx context.Context, method, path string, in any) (*http.Response, error) {
	var body io.Reader
	text, isText := in.(plain)
	if isText {
		body = strings.NewReader(string(text))
	} else if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://engine"+path, body)
	if err != nil {
		return nil, err
	}
	if isText {
		req.Header.Set("Content-Type", plainText)
	}
	r, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", c.path, err)
	}
	if r.StatusCode/100 == 2 {
		return r, nil
	}
	defer r.Body.Close()
	p := &Problem{}
	if err := json.NewDecoder(r.Body).Decode(p); err != nil {
		return nil, fmt.Errorf("read answer to %s (%s): %w", path, r.Status, err)
	}
	return nil, p
}
