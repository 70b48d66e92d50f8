package page

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"holdfast/web/fault"
)

func TestAnUploadThatIsNoFormIsTheSendersFault(t *testing.T) {
	for name, body := range map[string]string{
		"noise":       strings.Repeat("\x7fELF\x00", 4096),
		"no end":      "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nvrrp",
		"head broken": "--x\r\nContent-Disposition\r\n\r\nvrrp\r\n--x--\r\n",
	} {
		c, _ := gin.CreateTestContext(httptest.NewRecorder())
		c.Request = httptest.NewRequest(http.MethodPost, "/import", strings.NewReader(body))
		c.Request.Header.Set("Content-Type", "multipart/form-data; boundary=x")
		_, err := sentFiles(c, "file")
		if e := fault.Of(err); err == nil || e.Ours() || e.Status() != http.StatusBadRequest {
			t.Errorf("%s: %v, status %d", name, err, e.Status())
		}
	}
}

func TestAnUploadThatIsTooLargeIsToldAsThat(t *testing.T) {
	w := httptest.NewRecorder()
	c, _ := gin.CreateTestContext(w)
	head := "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n"
	c.Request = httptest.NewRequest(http.MethodPost, "/import", bytes.NewReader(append([]byte(head), make([]byte, 4096)...)))
	c.Request.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	c.Request.Body = http.MaxBytesReader(w, c.Request.Body, 1024)
	if _, err := sentFiles(c, "file"); err == nil || fault.Of(err).Status() != http.StatusRequestEntityTooLarge {
		t.Error(err)
	}
}
