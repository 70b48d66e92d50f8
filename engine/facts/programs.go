package facts

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"syscall"

	"holdfast/engine/model"
	"holdfast/engine/script"
)

// localProgram looks at a program as exec would find it.
func localProgram(word string) model.Program {
	path, err := exec.LookPath(word)
	if err != nil {
		return model.Program{}
	}
	if path, err = filepath.Abs(path); err != nil {
		return model.Program{}
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	p := model.Program{Found: true, Writable: writableByOthers(path)}
	if p.Unsafe, err = script.Unsafe(path); err != nil {
		p.Unsafe = "" // it is not known
	}
	p.First, p.Interpreter = firstLine(path)
	return p
}

// firstLine is what is wrong with the first line of a program, and the interpreter
// that it names. Of one that cannot be read nothing is known.
func firstLine(path string) (model.First, string) {
	f := script.ReadFirst(path)
	interpreter := f.Interpreter()
	switch {
	case f.Err() != nil:
		return "", ""
	case f.CarriageReturn():
		return model.CarriageReturn, interpreter
	case interpreter != "":
		if !interprets(interpreter) {
			return model.MissingInterpreter, interpreter
		}
	case f.Empty():
		return model.EmptyProgram, ""
	case f.Marked():
		return model.MarkedProgram, ""
	case f.ForShell():
		return model.NoInterpreter, ""
	}
	return "", interpreter
}

// interprets says whether the kernel runs a file as an interpreter: it is a file that may be
// executed, and a program or a script with an interpreter of its own.
func interprets(path string) bool {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false
	case err != nil:
		return true // it is not known
	case !info.Mode().IsRegular() || info.Mode()&0o111 == 0:
		return false
	}
	first := script.ReadFirst(path)
	return first.Err() != nil || !first.ForShell()
}

// visibleProgram is localProgram for a process without rights: a program that it
// may not see or run may be there for the engine.
func visibleProgram(word string) model.Program {
	p := localProgram(word)
	if _, err := os.Stat(word); !p.Found && (err == nil || errors.Is(err, fs.ErrPermission)) {
		return model.Program{Found: true}
	}
	return p
}

// writableByOthers is the file or the folder above it that others than its owner
// and root may write; "" where there is none. In a folder with the sticky bit
// nobody can replace what is another's.
func writableByOthers(path string) string {
	for {
		info, err := os.Stat(path)
		if err != nil {
			return ""
		}
		mode := info.Mode()
		group := true
		if s, ok := info.Sys().(*syscall.Stat_t); ok {
			group = s.Gid != 0
		}
		if (mode&0o002 != 0 || mode&0o020 != 0 && group) && !(info.IsDir() && mode&os.ModeSticky != 0) {
			return path
		}
		up := filepath.Dir(path)
		if up == path {
			return ""
		}
		path = up
	}
}

// localUser says whether there is an account.
func localUser(name string) bool {
	_, err := user.Lookup(name)
	if err != nil {
		_, err = user.LookupId(name)
	}
	return err == nil
}

// runsAsRoot says whether the engine, which runs as root, would run a program of this
// user and group as root. Where no user is named, that is so unless there is an
// account for scripts or script security forbids it.
func runsAsRoot(name, group string, secure bool) bool {
	if name == "" && !localUser(script.DefaultUser) {
		return !secure
	}
	who, err := script.LookupUser(name, group, false)
	return err == nil && who.UID == 0
}
