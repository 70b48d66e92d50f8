package atomicfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// mode lets only the owner read: the files hold passwords of the configuration.
const mode = 0o600

// WriteDurably is Replace on the disk of this machine.
func WriteDurably(path string, data []byte) error {
	if err := Replace(Real{}, path, data); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// WriteVolatile replaces the file at path on a file system in memory: nothing is
// synced, so it is there after a kill and gone after a reboot.
func WriteVolatile(path string, data []byte) error {
	return WriteVolatileBy(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// WriteVolatileBy is WriteVolatile of what write writes, piece by piece.
func WriteVolatileBy(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, mode)
	if err == nil {
		err = errors.Join(write(f), f.Close())
	}
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// WriteShared replaces the file at path in a directory where others write, such as
// /tmp: only a file that did not exist before is written to, and whatever bore the name,
// a link too, is replaced and not followed. Nothing is synced.
func WriteShared(path string, data []byte) error {
	dir, name := filepath.Split(path)
	f, err := os.CreateTemp(dir, "."+name+"-*") // exclusively, for its owner alone
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer os.Remove(f.Name()) // gone by then if all went well
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// Remove removes the file at path from a file system in memory; none there is no
// error.
func Remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
