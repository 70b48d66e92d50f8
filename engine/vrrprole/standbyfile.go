package vrrprole

import (
	"maps"
	"path/filepath"
	"time"

	"holdfast/engine/atomicfile"
)

const standbyName = "vrrp.orders"

// order is a wish of an operator, as it is kept on disk.
type order struct {
	Owner  string    `json:"owner,omitempty"`
	Reason string    `json:"reason,omitempty"`
	Since  time.Time `json:"since"`
	Until  time.Time `json:"until,omitzero"` // of a hand-over
}

// orders are what operators want of who holds the addresses. Those of instances that the
// configuration does not have stay: a text that is taken back brings them back as they were.
type orders struct {
	Maintenance *order           `json:"maintenance,omitempty"` // never changed in place
	HandedOver  map[string]order `json:"handed_over,omitempty"` // by instance; never changed in place
}

// with is o with the hand-over of some instances, as a new value; nil ends them.
func (o orders) with(names []string, one *order) orders {
	next := maps.Clone(o.HandedOver)
	if next == nil {
		next = map[string]order{}
	}
	for _, name := range names {
		if one == nil {
			delete(next, name)
		} else {
			next[name] = *one
		}
	}
	o.HandedOver = next
	return o
}

// ordersFile is STATE/vrrp.orders. It outlives a reboot.
type ordersFile struct {
	disk atomicfile.Disk
	path string
}

func ordersIn(disk atomicfile.Disk, dir string) ordersFile {
	if disk == nil {
		disk = atomicfile.Real{}
	}
	return ordersFile{disk, filepath.Join(dir, standbyName)}
}

// savedOrders is what the file holds. A later version is not guessed at.
type savedOrders struct {
	Version int `json:"version"`
	orders
}

const ordersVersion = 1

// read gives the orders of the file; none where there is no file.
func (f ordersFile) read() (orders, error) {
	var saved savedOrders
	if err := atomicfile.ReadJSON(f.disk, f.path, ordersVersion, &saved); err != nil {
		return orders{}, err
	}
	return saved.orders, nil
}

// write replaces the file. It returns when the orders outlive a loss of power.
func (f ordersFile) write(o orders) error {
	return atomicfile.ReplaceJSON(f.disk, f.path, savedOrders{ordersVersion, o})
}
