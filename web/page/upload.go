package page

import (
	"errors"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"holdfast/web/changes"
	"holdfast/web/fault"
	"holdfast/web/imports"
)

// sentFiles gives the files of a field of a form; none is no error.
func sentFiles(c *gin.Context, field string) ([]imports.File, error) {
	if !strings.HasPrefix(c.ContentType(), "multipart/") {
		return nil, nil
	}
	form, err := c.MultipartForm()
	if err != nil {
		return nil, unread(err)
	}
	var files []imports.File
	for _, head := range form.File[field] {
		if head.Filename == "" { // nothing was chosen
			continue
		}
		text, err := readSent(head)
		if err != nil {
			return nil, err
		}
		files = append(files, imports.File{Name: head.Filename, Text: text})
	}
	return files, nil
}

// unread tells a form that is none from one that is too large, and from a disk here that
// could not take its files.
func unread(err error) error {
	var ours *fs.PathError
	var large *http.MaxBytesError
	if errors.As(err, &ours) || errors.As(err, &large) {
		return err
	}
	return &fault.Error{Code: "unreadable", Err: err}
}

func readSent(head *multipart.FileHeader) (string, error) {
	f, err := head.Open()
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, imports.MostBytes+1))
	if err == nil && len(text) > imports.MostBytes {
		err = fault.New("too-large")
	}
	return string(text), err
}

// sentText is a text that was sent as a file, or else typed into a field.
func sentText(c *gin.Context, file, field string) (imports.File, error) {
	files, err := sentFiles(c, file)
	if err != nil {
		return imports.File{}, err
	}
	if len(files) > 0 {
		return files[0], nil
	}
	return imports.File{Name: changes.FileName, Text: changes.Typed(c.PostForm(field), "")}, nil
}

// formFault is the fault of a form that could not be read: one that is too large is
// answered by a page of its own, as its fields are not known.
func (p *Pages) formFault(c *gin.Context, err error) (answered bool) {
	if e := fault.Of(err); e.Status() == http.StatusRequestEntityTooLarge || e.Ours() {
		p.fail(c, err)
		return true
	}
	return false
}
