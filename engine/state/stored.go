package state

import "holdfast/engine/atomicfile"

// Print is what the file system says of the applied text and of its hash: two that are
// equal mean that nobody wrote either meanwhile.
func (a Applied) Print() [2]atomicfile.Print {
	return [2]atomicfile.Print{atomicfile.PrintOf(a.Path(now)), atomicfile.PrintOf(a.Path(now + sumOf))}
}

// Restore writes the applied text anew where it does not fit its hash, so that a restart
// runs the text that runs now. What stood there is kept as .conf.damaged. Restored is
// false where nothing was to be done: the stored text fits, as one does that was edited by
// hand and given its hash, or a restart would run this text all the same.
func (a Applied) Restore(text string) (restored bool, err error) {
	t, err := a.find(now)
	if err != nil || t.fits {
		return false, err
	}
	if next, err := a.Choose(); err != nil || next == (Choice{Text: text}) {
		return false, err
	}
	if t.there && t.text != text && t.text != "" {
		if err := a.write(damaged, t.text); err != nil {
			return false, err
		}
	}
	return true, a.replace(now, t, text)
}
