package facts

import (
	"io"
	"os"
	"syscall"

	"holdfast/engine/model"
)

// largestKeyFile is what keepalived reads of the file of a key at most: hex: and two
// digits for each of 64 bytes, and a few more.
const largestKeyFile = 139

// keyFile reads the file of a key. One that is a pipe without a writer keeps nobody.
func keyFile(path string) (model.KeyFile, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return model.KeyFile{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return model.KeyFile{}, err
	}
	text, err := io.ReadAll(io.LimitReader(f, largestKeyFile+1))
	if err != nil {
		return model.KeyFile{}, err
	}
	return model.KeyFile{Text: string(text), Shared: info.Mode().Perm()&0o077 != 0, Large: len(text) > largestKeyFile}, nil
}
