package model

// Made is a file that a text has a role make, or write where it is there: a FIFO, or a
// track_file with init_file.
type Made struct {
	Word  string // that names it
	Path  string
	Owner User // of a FIFO: whom it is given to; empty: nobody else
}

// MadeFiles lists those of a configuration.
func MadeFiles(c Config) (list []Made) {
	for _, f := range []struct {
		word string
		fifo Opt[Fifo]
	}{{"notify_fifo", c.Global.Fifo}, {"vrrp_notify_fifo", c.Global.FifoVRRP}, {"lvs_notify_fifo", c.Global.FifoLVS}} {
		if f.fifo.Written {
			list = append(list, Made{f.word, f.fifo.Val.Path, f.fifo.Val.Owner})
		}
	}
	for _, f := range c.Files {
		if f.Init.Written {
			list = append(list, Made{"file", f.File, User{}})
		}
	}
	return list
}
