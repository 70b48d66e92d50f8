package probe

import (
	"testing"

	"holdfast/engine/model"
)

// endless gives bytes on and on, and counts them.
type endless int64

func (e *endless) Read(b []byte) (int, error) {
	*e += endless(len(b))
	return len(b), nil
}

func TestABodyWithoutEndIsReadAsFarAsItIsOfUse(t *testing.T) {
	t.Parallel()
	digest := model.URL{Digest: model.Some("00000000000000000000000000000000")}
	pattern := model.URL{Regex: model.Some(model.Regex("x"))}
	for _, c := range []struct {
		name   string
		length int64 // announced; -1: not
		url    model.URL
		most   int64
	}{
		{"nothing looks at it", -1, model.URL{}, maxUnread},
		{"nothing looks at it, and it is announced as long", 1 << 40, model.URL{}, maxUnread},
		{"a pattern", -1, pattern, maxUnread},
		{"a pattern, announced as long", 1 << 40, pattern, maxUnread},
		{"a digest", -1, digest, maxBody},
		{"a digest, announced as long", 1 << 40, digest, maxBody},
	} {
		var read endless
		if _, err := body(&read, c.length, c.url); err != nil || int64(read) < c.most || int64(read) > c.most+1<<20 {
			t.Errorf("%s: read %d bytes, %v", c.name, read, err)
		}
	}
}
