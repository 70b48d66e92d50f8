package policy

import (
	"encoding/json"
	"path/filepath"
	"slices"

	"holdfast/engine/model"
)

// refusedFiles gives the files that a role would make or write, where it is root, and that
// lie in no directory that root allows.
func (p Policy) refusedFiles(cfg model.Config, known map[Key]bool) (refused []Refusal) {
	for _, f := range model.MadeFiles(cfg) {
		key := keyOfFile(f)
		if known[key] || p.allowsFile(f.Path) {
			continue
		}
		owner := f.Owner.Name
		if owner == "" {
			owner = "root"
		}
		refused = append(refused, Refusal{Run: model.Run{Command: model.Command{Line: f.Path}}, As: owner, Code: File, Word: f.Word, key: key})
	}
	return refused
}

func keyOfFile(f model.Made) Key {
	b, err := json.Marshal(struct {
		Word  string `json:"word"`
		File  string `json:"file"`
		User  string `json:"user,omitempty"`
		Group string `json:"group,omitempty"`
	}{f.Word, f.Path, f.Owner.Name, f.Owner.Group})
	if err != nil {
		panic(err) // strings
	}
	return Key(b)
}

// allowsFile says whether a path lies below a directory where files may be made: the
// directory that it names does, also behind symbolic links.
func (p Policy) allowsFile(path string) bool {
	if !filepath.IsAbs(path) {
		return false
	}
	folder, err := filepath.EvalSymlinks(filepath.Dir(path))
	return err == nil && slices.ContainsFunc(p.Files, func(dir string) bool { return within(filepath.Join(folder, filepath.Base(path)), dir) })
}
