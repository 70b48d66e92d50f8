package atomicfile

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
)

// ReadJSON reads the file at path on d into v, a structure of JSON whose "version" has to
// be the one given: a later one is not guessed at. It leaves v as it is where there is
// no file.
func ReadJSON(d Disk, path string, version int, v any) error {
	text, err := d.Read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var head struct {
		Version int `json:"version"`
	}
	if err == nil {
		err = json.Unmarshal(text, &head)
	}
	if err == nil && head.Version != version {
		err = fmt.Errorf("version %d", head.Version)
	}
	if err == nil {
		err = json.Unmarshal(text, v)
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	return nil
}

// ReplaceJSON replaces the file at path on d by v, of which all can be said in JSON. It
// returns when the file outlives a loss of power.
func ReplaceJSON(d Disk, path string, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		panic("atomicfile: " + err.Error())
	}
	if err := Replace(d, path, text); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
