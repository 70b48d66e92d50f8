package probe

import (
	"bufio"
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"holdfast/engine/model"
)

// What a server may send before it is called unreasonable.
const (
	maxHeader = 64 << 10
	maxUnread = 16 << 20 // of a body that nothing looks at
	maxBody   = 64 << 20 // of one whose digest is wanted: a longer one has another digest
)

var errHeader = errors.New("no HTTP status line")

// readers lends the buffers of replies: at thousands of checks per second they
// would be most of the garbage.
var readers = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, 4096) }}

// http is HTTP_GET and SSL_GET. Every URL is fetched over a connection of its
// own, in the order of the declaration; the first that is not as it should be
// decides. keepalived fetches one URL per delay_loop: with us a fault of any URL
// is seen within one (TestEveryURLIsFetchedInOneRun).
func (p *Prober) http(ctx context.Context, c model.Check) Result {
	r := Result{Code: "no-url", Text: "no url"}
	var parting time.Duration
	for _, u := range c.URLs {
		r = p.fetch(ctx, c, u)
		parting += r.parting
		if !r.Up {
			break
		}
	}
	r.parting = parting
	if len(c.URLs) > 1 && !r.Up && r.Args["path"] != "" {
		r.Text += " from " + r.Args["path"]
	}
	return r
}

// Digest gives the MD5 of the body of the first URL of c, whatever its status: what
// HTTP_GET and SSL_GET compare with a digest.
func Digest(ctx context.Context, c model.Check) (string, error) {
	u := c.URLs[0]
	u.Digest = model.Some("")
	got, bad := (&Prober{}).ask(ctx, c, u)
	if bad != nil {
		return "", errors.New(bad.Text)
	}
	return got.sum, nil
}

// reply is what came back from a URL.
type reply struct {
	status int
	sum    string // MD5 of the body, where it is wanted
	answer []byte // its beginning from the final status line on, where a pattern is wanted
	head   int    // how much of answer is before the body

	parting time.Duration // until the server had closed
}

// fetch gets one URL. Only what the server answers counts: a redirect is a
// status like any other.
func (p *Prober) fetch(ctx context.Context, c model.Check, u model.URL) Result {
	got, bad := p.ask(ctx, c, u)
	if bad != nil {
		return *bad
	}
	r := Result{
		Up: accepted(u.Codes, got.status), Code: "status", Text: fmt.Sprint("HTTP ", got.status), answered: true, parting: got.parting,
		Args: map[string]string{"status": strconv.Itoa(got.status), "path": u.Path},
	}
	if r.Up && u.Digest.Written && !strings.EqualFold(got.sum, u.Digest.Val) {
		r.Up, r.Code = false, "digest"
		r.Text += ", digest " + got.sum + " is not the expected one"
		r.Args["digest"] = got.sum
	}
	if r.Up && u.Regex.Written {
		p.match(&r, u, got)
	}
	return r
}

// ask fetches one URL. Where there is no whole answer bad says why.
func (p *Prober) ask(ctx context.Context, c model.Check, u model.URL) (got reply, bad *Result) {
	fail := func(err error) (reply, *Result) {
		r := failed(err, c)
		return reply{}, &r
	}
	conn, err := p.open(ctx, c, u)
	if err != nil {
		return fail(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, request(c, u)); err != nil {
		return fail(err)
	}
	reader := readers.Get().(*bufio.Reader)
	source := io.Reader(conn)
	var begun beginning
	if u.Regex.Written {
		begun.most = min(int(u.RegexMin.Val), maxUnread) + maxMatched
		source = io.TeeReader(conn, &begun)
	}
	reader.Reset(source)
	defer func() { reader.Reset(nil); readers.Put(reader) }()
	status, length, head, err := header(reader, u.Codes)
	if errors.Is(err, errHeader) {
		return got, &Result{Code: "not-http", Text: "not an HTTP answer", answered: true}
	}
	if err != nil {
		return fail(err)
	}
	got.status = status
	if got.sum, err = body(reader, length, u); err != nil {
		return fail(err)
	}
	got.answer, got.head = begun.text, min(head, len(begun.text))
	got.parting = conn.leave()
	return got, nil
}

// match makes r a failure unless the answer matches, or does not where that is wanted.
func (p *Prober) match(r *Result, u model.URL, got reply) {
	matches := false
	compiled, err := p.patterns.of(u)
	if err == nil {
		matches, err = found(compiled, got)
	}
	switch {
	case err != nil:
		r.Up, r.Code = false, "pattern"
		r.Text += ", regex: " + err.Error()
		r.Args["error"] = err.Error()
	case matches && u.NoMatch:
		r.Up, r.Code = false, "match"
		r.Text += ", the answer matches"
	case !matches && !u.NoMatch:
		r.Up, r.Code = false, "no-match"
		r.Text += ", the body does not match"
	}
}

// request is what keepalived sends, byte for byte.
func request(c model.Check, u model.URL) string {
	version, closing := "1.0", ""
	switch c.HTTP.Val {
	case "1.0C":
		closing = "Connection: close\r\n"
	case "1.1":
		version, closing = "1.1", "Connection: close\r\n"
	}
	return "GET " + u.Path + " HTTP/" + version + "\r\n" +
		"User-Agent: KeepAliveClient\r\n" + closing +
		"Host: " + host(c, u) + "\r\n\r\n"
}

// host is the virtualhost verbatim, else address and port of the target.
func host(c model.Check, u model.URL) string {
	if u.VirtualHost.Val != "" {
		return u.VirtualHost.Val
	}
	if c.VirtualHost.Val != "" {
		return c.VirtualHost.Val
	}
	return netip.AddrPortFrom(c.Target.Addr, c.Target.Port).String()
}

// header reads the status line and the fields of the final answer; length is -1
// where none is told, and size is what was read. Interim answers are passed over (RFC 9110, 15.2), unless the
// check asks for one.
func header(r *bufio.Reader, wanted []model.CodeRange) (status int, length int64, size int, err error) {
	for size < maxHeader {
		line, n, err := nextLine(r)
		if err != nil {
			return 0, 0, size, err
		}
		size += n
		if status, err = statusLine(line); err != nil {
			return 0, 0, size, err
		}
		if length, n, err = fields(r, maxHeader-size); err != nil {
			return 0, 0, size, err
		}
		size += n
		if !interim(status, wanted) {
			return status, length, size, nil
		}
	}
	return 0, 0, size, errHeader
}

// interim says whether another answer follows the one of that status. 101 is the
// last that speaks HTTP.
func interim(status int, wanted []model.CodeRange) bool {
	if status >= 200 || status == 101 {
		return false
	}
	return !slices.ContainsFunc(wanted, func(c model.CodeRange) bool {
		return c.From <= status && status <= c.To && c.To < 200
	})
}

// fields reads up to the empty line and gives the length that is told, and the
// bytes it took.
func fields(r *bufio.Reader, room int) (length int64, size int, err error) {
	length = -1
	for size < room {
		line, n, err := nextLine(r)
		if err != nil {
			return 0, size, err
		}
		size += n
		if line == "" {
			return length, size, nil
		}
		if name, value, ok := strings.Cut(line, ":"); ok && strings.EqualFold(name, "Content-Length") {
			if n, err := strconv.ParseInt(strings.TrimSpace(value), 10, 64); err == nil && n >= 0 && length < 0 { // the first counts
				length = n
			}
		}
	}
	return 0, size, errHeader
}

// statusLine reads "HTTP/x.y NNN words". As with keepalived the protocol may have
// small letters or another name: streaming servers answer "ICY 200 OK".
func statusLine(line string) (int, error) {
	name, rest, _ := strings.Cut(line, " ")
	code, _, _ := strings.Cut(rest, " ")
	status, err := strconv.ParseUint(code, 10, 16) // without a sign
	if !protocol(name) || err != nil || status < 100 || status > 999 {
		return 0, errHeader
	}
	return int(status), nil
}

// protocol says whether text names a protocol, with or without a version.
func protocol(text string) bool {
	name, _, _ := strings.Cut(text, "/")
	return name != "" && strings.Trim(strings.ToUpper(name), "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// nextLine reads one line without its end. Of a line that is longer than the
// buffer only the beginning is kept; size counts all.
func nextLine(r *bufio.Reader) (line string, size int, err error) {
	part, err := r.ReadSlice('\n')
	line, size = string(part), len(part)
	for errors.Is(err, bufio.ErrBufferFull) && size < maxHeader {
		part, err = r.ReadSlice('\n')
		size += len(part)
	}
	if errors.Is(err, bufio.ErrBufferFull) {
		return "", size, errHeader
	}
	return strings.TrimRight(line, "\r\n"), size, err
}

// body reads what follows the header to its end, and gives the MD5 of it where that
// is wanted. As with keepalived 2.2.7 the digest ends at the announced length, and
// the reading only with the connection; where nothing looks at the body the announced
// length is enough.
func body(r io.Reader, length int64, u model.URL) (sum string, err error) {
	if !u.Digest.Written && !u.Regex.Written {
		if length < 0 || length > maxUnread {
			length = maxUnread // the rest would be a flood, and say nothing
		}
		_, err := io.CopyN(io.Discard, r, length)
		return "", atEnd(err)
	}
	most := int64(maxBody)
	if !u.Digest.Written {
		most = maxUnread
	}
	counts := most
	if length >= 0 {
		counts = min(length, most)
	}
	hash := md5.New()
	for _, part := range []io.Reader{io.TeeReader(io.LimitReader(r, counts), hash), io.LimitReader(r, most-counts)} {
		if _, err := io.Copy(io.Discard, part); atEnd(err) != nil {
			return "", err
		}
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// atEnd takes an error that ends a body for its end. A server that closes without
// reading the request resets the connection, and many end TLS without saying so;
// what was sent before that counts.
func atEnd(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || gone(err) {
		return nil
	}
	return err
}

func accepted(codes []model.CodeRange, status int) bool {
	if len(codes) == 0 {
		return status >= 200 && status <= 299
	}
	for _, c := range codes {
		if status >= c.From && status <= c.To {
			return true
		}
	}
	return false
}
