package lvsrole

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"holdfast/engine/atomicfile"
	"holdfast/engine/kernel"
)

const templatesName = "lvs.templates"

// templates switches on, for as long as it is needed, that clients which persistence binds
// to a server leave it once its weight is 0. The setting is the whole host's, so one that
// was on before us stays on. The note RUN/lvs.templates says that we switched it on; like
// the setting it does not outlive a reboot.
type templates struct {
	expire    func() (bool, error)
	setExpire func(bool) error
	note      string
	on        bool // it was needed last
}

func templatesIn(dir string, opt Options) templates {
	return templates{expire: opt.TemplatesExpire, setExpire: opt.ExpireTemplates, note: filepath.Join(dir, templatesName)}
}

// need switches it on, unless it is.
func (t *templates) need() error {
	if t.on {
		return nil
	}
	is, err := t.expire()
	if errors.Is(err, kernel.ErrNoIPVS) {
		return nil // there is nothing to be bound to
	}
	if err == nil && !is {
		// The note comes first: after a crash the setting is put back.
		if err = atomicfile.WriteVolatile(t.note, nil); err == nil {
			err = t.setExpire(true)
		}
	}
	t.on = err == nil
	return err
}

// rest puts it back, where we switched it on.
func (t *templates) rest() error {
	t.on = false
	if _, err := os.Stat(t.note); errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	if err := t.setExpire(false); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return atomicfile.Remove(t.note)
}
