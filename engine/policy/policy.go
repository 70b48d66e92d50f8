package policy

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"holdfast/engine/model"
	"holdfast/engine/script"
)

// Policy is what root allows the console's texts. Without a word of root, programs
// run as keepalived_script, and as nobody else, and no file is made.
type Policy struct {
	Users []string // besides keepalived_script, by name or number; root needs Dirs
	Dirs  []string // where the programs lie; none: anywhere, but for root nowhere
	Files []string // where FIFOs and files of init_file may be made; none: nowhere
}

// Why a program is refused. The words are in assets, under "program.CODE".
const (
	User      = "user"      // it would run as a user that is not allowed
	Shell     = "shell"     // a line of shell would run as root
	Directory = "directory" // it lies in no directory that is allowed
	Writable  = "writable"  // it would run as root, and others may change it
	File      = "file"      // it is a file that root would make in no directory that is allowed
)

// Refusal is a program that a text may not have run, or a file that it may not have made,
// and why. Of a file the Line of Run is the path.
type Refusal struct {
	Run  model.Run
	As   string // the user it would run as, or whom the file is given to
	Code string
	Word string // that names a file

	key Key
}

// Refused gives the programs of a resolved configuration that may not be run, and the files
// that may not be made, but for those that known names.
func (p Policy) Refused(cfg model.Config, known map[Key]bool) (refused []Refusal) {
	seen, users := map[Key]bool{}, identities{}
	allowed := users.ofAll(append([]string{script.DefaultUser}, p.Users...))
	for _, run := range model.Runs(cfg) {
		who, err := users.of(run.As, run.Secure)
		key := keyOf(run, who, err)
		if seen[key] || known[key] || known[key.unwatched()] {
			continue
		}
		seen[key] = true
		if why := p.judge(run, who, err, allowed); why != "" {
			refused = append(refused, Refusal{Run: run, As: nameOf(run, who), Code: why, key: key})
		}
	}
	return append(refused, p.refusedFiles(cfg, known)...)
}

// judge says why a program may not run; "" where it may.
func (p Policy) judge(run model.Run, who script.Identity, err error, allowed []script.Identity) string {
	if err == script.ErrRootRefused {
		return "" // script security runs it as nobody
	}
	if err != nil || !slices.ContainsFunc(allowed, func(a script.Identity) bool {
		return who.UID == a.UID && (who.GID == a.GID || slices.Contains(a.Groups, who.GID))
	}) {
		return User
	}
	root := who.UID == 0 || who.GID == 0
	if root && run.Shell {
		return Shell
	}
	if len(p.Dirs) == 0 && !root {
		return ""
	}
	path, err := exec.LookPath(run.Argv[0])
	if err == nil {
		path, err = filepath.Abs(path)
	}
	if err == nil {
		path, err = filepath.EvalSymlinks(path)
	}
	if err != nil || !slices.ContainsFunc(p.Dirs, func(dir string) bool { return within(path, dir) }) {
		return Directory
	}
	if root {
		if culprit, err := script.Unsafe(path); err != nil || culprit != "" {
			return Writable
		}
	}
	return ""
}

// within says whether path lies below dir, also where dir is a symbolic link.
func within(path, dir string) bool {
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	rel, err := filepath.Rel(dir, path)
	return err == nil && rel != "." && rel != ".." && !strings.HasPrefix(rel, "../")
}

// identities remembers the accounts that were looked up.
type identities map[identityKey]identity

type identityKey struct {
	user   model.User
	secure bool
}

type identity struct {
	who script.Identity
	err error
}

func (m identities) of(u model.User, secure bool) (script.Identity, error) {
	key := identityKey{u, secure}
	if _, ok := m[key]; !ok {
		who, err := script.LookupUser(u.Name, u.Group, secure)
		m[key] = identity{who, err}
	}
	return m[key].who, m[key].err
}

// ofAll are the accounts of these names that exist.
func (m identities) ofAll(names []string) (all []script.Identity) {
	for _, name := range names {
		if who, err := m.of(model.User{Name: name}, false); err == nil {
			all = append(all, who)
		}
	}
	return all
}

// nameOf names the user that a program would run as.
func nameOf(run model.Run, who script.Identity) string {
	name := run.As.Name
	if name == "" && who.UID == 0 {
		name = "root"
	}
	if run.As.Group != "" {
		name += ":" + run.As.Group
	}
	return name
}
