package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// mode lets only the owner read: the files hold passwords of the configuration.
const mode = 0o600

// WriteDurably replaces the file at path. It returns when the bytes and the name
// are on the disk, so that they are there after a loss of power.
func WriteDurably(path string, data []byte) error {
	err := replace(path, data, (*os.File).Sync)
	if err != nil {
		return err
	}
	if err := syncDir(filepath.Dir(path)); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// replace writes a new file beside path and renames it. finish is called before the
// new file is closed.
func replace(path string, data []byte, finish func(*os.File) error) error {
	dir, name := filepath.Split(path)
	f, err := os.CreateTemp(dir, "."+name+"-*") // exclusively, for its owner alone
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer os.Remove(f.Name()) // gone by then if all went well
	_, err = f.Write(data)
	if err == nil {
		err = finish(f)
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// WriteVolatile replaces the file at path on a file system in memory: nothing is
// synced, so it is there after a kill and gone after a reboot.
func WriteVolatile(path string, data []byte) error {
	err := os.WriteFile(path+".new", data, mode)
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
	return replace(path, data, func(*os.File) error { return nil })
}

// Remove removes the file at path; none there is no error.
func Remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
