package lvsrole

import (
	"maps"
	"path/filepath"
	"time"

	"holdfast/engine/atomicfile"
	"holdfast/engine/lvs"
)

const ordersName = "lvs.orders"

// order is what an operator wants of a real server, as it is kept on disk.
type order struct {
	Mode     lvs.Mode  `json:"mode"`
	Weight   int       `json:"weight,omitempty"`
	Owner    string    `json:"owner,omitempty"`
	Reason   string    `json:"reason,omitempty"`
	Since    time.Time `json:"since"`
	Until    lvs.Until `json:"until,omitempty"`
	Deadline time.Time `json:"deadline,omitzero"`
	Drained  time.Time `json:"drained,omitzero"` // nothing was left, and the journal has it
	Overdue  bool      `json:"overdue,omitempty"`
}

// wants is what the core has to know of it.
func (o order) wants() lvs.Order { return lvs.Order{Mode: o.Mode, Weight: o.Weight} }

// orders are all there are, by virtual server and real server. Those of servers that
// the configuration does not have stay too: a text that is taken back brings the server
// back as it was.
type orders map[string]map[string]order

func (o orders) of(virtual, server string) order { return o[virtual][server] }

// with is o with the order of one server, as a new value; the zero order ends one.
func (o orders) with(virtual, server string, one order) orders {
	next := maps.Clone(o)
	if next == nil {
		next = orders{}
	}
	servers := maps.Clone(o[virtual])
	if servers == nil {
		servers = map[string]order{}
	}
	servers[server] = one
	if one.Mode == lvs.NoOrder {
		delete(servers, server)
	}
	if next[virtual] = servers; len(servers) == 0 {
		delete(next, virtual)
	}
	return next
}

// ordersFile is STATE/lvs.orders. It outlives a reboot.
type ordersFile struct {
	disk atomicfile.Disk
	path string
}

func ordersIn(disk atomicfile.Disk, dir string) ordersFile {
	if disk == nil {
		disk = atomicfile.Real{}
	}
	return ordersFile{disk, filepath.Join(dir, ordersName)}
}

// savedOrders is what the file holds. A later version is not guessed at.
type savedOrders struct {
	Version int    `json:"version"`
	Servers orders `json:"servers"`
}

const ordersVersion = 1

// read gives the orders of the file; none where there is no file.
func (f ordersFile) read() (orders, error) {
	var saved savedOrders
	if err := atomicfile.ReadJSON(f.disk, f.path, ordersVersion, &saved); err != nil {
		return nil, err
	}
	return saved.Servers, nil
}

// write replaces the file. It returns when the orders outlive a loss of power.
func (f ordersFile) write(o orders) error {
	return atomicfile.ReplaceJSON(f.disk, f.path, savedOrders{ordersVersion, o})
}
