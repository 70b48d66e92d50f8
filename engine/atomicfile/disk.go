package atomicfile

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
)

// Disk is the file system under files that have to last. What an operation did is
// sure to be there after a loss of power only when the sync that belongs to it has
// returned: Sync for the bytes of a file, SyncDir for the names in a directory.
type Disk interface {
	Read(path string) ([]byte, error)
	Write(path string, data []byte) error // makes the file, or replaces what is in it
	Sync(path string) error
	Rename(from, to string) error
	Remove(path string) error
	SyncDir(dir string) error
}

// ErrIrregular says that no regular file lies where one has to.
var ErrIrregular = errors.New("not a regular file")

// Unreadable says whether err is of the file that was read and stays: it is none, or the
// disk cannot give it. Other errors are of the process or of the moment.
func Unreadable(err error) bool {
	for _, lasting := range []error{
		ErrIrregular, syscall.EIO, syscall.EISDIR, syscall.ELOOP, syscall.ENXIO, // ENXIO: a socket
		syscall.EBADMSG, syscall.EUCLEAN, // how file systems tell a wrong checksum
	} {
		if errors.Is(err, lasting) {
			return true
		}
	}
	return false
}

// Real is the disk of this machine.
type Real struct{}

// Read implements Disk. It reads regular files alone: a FIFO would never answer.
func (Real) Read(path string) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close() // nothing was written
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: path, Err: ErrIrregular}
	}
	data := make([]byte, 0, info.Size()+1) // room for the last read, which finds the end
	for {
		n, err := f.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		if errors.Is(err, io.EOF) {
			return data, nil
		}
		if err != nil {
			return data, err
		}
		data = slices.Grow(data, 1) // it grows while it is read
	}
}

// Write implements Disk. The file is for its owner alone.
func (Real) Write(path string, data []byte) error { return os.WriteFile(path, data, mode) }

// Sync implements Disk.
func (Real) Sync(path string) error { return flush(path, os.O_WRONLY) }

// Rename implements Disk.
func (Real) Rename(from, to string) error { return os.Rename(from, to) }

// Remove implements Disk.
func (Real) Remove(path string) error { return os.Remove(path) }

// SyncDir implements Disk.
func (Real) SyncDir(dir string) error { return flush(dir, os.O_RDONLY) }

func flush(path string, flag int) error {
	f, err := os.OpenFile(path, flag, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Replace replaces the file at path on d. It returns when the bytes and the name
// are on the disk, so that they are there after a loss of power.
func Replace(d Disk, path string, data []byte) error {
	dir, name := filepath.Split(path)
	temp := filepath.Join(dir, "."+name+"-"+strconv.Itoa(os.Getpid()))
	err := d.Write(temp, data)
	if err == nil {
		err = d.Sync(temp)
	}
	if err == nil {
		err = d.Rename(temp, path)
	}
	if err != nil {
		if e := d.Remove(temp); e != nil && !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
		}
		return err
	}
	return d.SyncDir(filepath.Dir(path))
}

// Delete removes the file at path from d; none there is no error. It returns when
// that is on the disk, so that the file does not come back after a loss of power.
func Delete(d Disk, path string) error {
	err := d.Remove(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return d.SyncDir(filepath.Dir(path))
}
