package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"

	"holdfast/assets"
)

// static serves the embedded files under a name that holds the hash of them all,
// so that a browser may keep them for ever, and modules still find each other by
// relative paths.
type static struct {
	tree  string
	files map[string]file
}

type file struct {
	kind        string
	plain, gzip []byte // gzip nil: not worth it
}

// embedded are the files of this build; to pack them takes a while.
var embedded = sync.OnceValue(newStatic)

// newStatic reads the embedded files; that cannot fail but by a broken build.
func newStatic() *static {
	s := &static{files: map[string]file{}}
	sum := sha256.New()
	err := fs.WalkDir(assets.Files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := assets.Files.ReadFile(name)
		if err != nil {
			return err
		}
		sum.Write([]byte(name))
		sum.Write(text)
		s.files[name] = file{kind: mime.TypeByExtension(path.Ext(name)), plain: text, gzip: compress(text)}
		return nil
	})
	if err != nil {
		panic(err)
	}
	s.tree = hex.EncodeToString(sum.Sum(nil))[:12]
	return s
}

func compress(text []byte) []byte {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		panic(err)
	}
	if _, err := w.Write(text); err != nil {
		panic(err)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	if b.Len() >= len(text) {
		return nil
	}
	return b.Bytes()
}

// path is the address of a file. A file that is not there is a broken build.
func (s *static) path(name string) string {
	if _, ok := s.files[name]; !ok {
		panic("no such asset: " + name)
	}
	return "/assets/" + s.tree + "/" + name
}

func (s *static) serve(c *gin.Context) {
	f, ok := s.files[strings.TrimPrefix(c.Param("path"), "/")]
	if !ok {
		c.Status(http.StatusNotFound)
		return
	}
	// A page from before an upgrade still gets its files, but may not keep them.
	c.Header("Cache-Control", "no-cache")
	if c.Param("tree") == s.tree {
		c.Header("Cache-Control", "public, max-age=31536000, immutable")
	}
	c.Header("Vary", "Accept-Encoding")
	if f.gzip != nil && strings.Contains(c.GetHeader("Accept-Encoding"), "gzip") {
		c.Header("Content-Encoding", "gzip")
		c.Data(http.StatusOK, f.kind, f.gzip)
		return
	}
	c.Data(http.StatusOK, f.kind, f.plain)
}
