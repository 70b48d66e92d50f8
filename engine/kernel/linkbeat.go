package kernel

import (
	"runtime"
	"slices"
	"unsafe"

	"golang.org/x/sys/unix"
)

// How a card can be asked whether it has a link.
const (
	ByMII     = "MII"     // the registers of its transceiver
	ByEthtool = "ETHTOOL" // its driver
	ByFlags   = "IOCTL"   // nothing but the flags of the interface
)

// Linkbeat asks the card of an interface whether it has a link: by MII, ETHTOOL or IOCTL,
// or by the first of these that works where by is empty or does not. used says by which.
// The error says that there is no way to ask at all.
func Linkbeat(link, by string) (up bool, used string, err error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return false, "", err
	}
	defer unix.Close(fd)
	ways := []string{ByMII, ByEthtool, ByFlags}
	if by != "" {
		ways = slices.Insert(slices.DeleteFunc(ways, func(w string) bool { return w == by }), 0, by)
	}
	for _, way := range ways {
		if up, ok := beats[way](fd, link); ok {
			return up, way, nil
		}
	}
	return false, "", unix.EOPNOTSUPP
}

var beats = map[string]func(fd int, link string) (up, ok bool){ByMII: mii, ByEthtool: ethtool, ByFlags: flags}

// Registers of a transceiver (linux/mii.h).
const (
	miiControl = 0
	miiStatus  = 1
	miiLink    = 0x4
)

// mii reads the registers of the transceiver. Its status is read twice: a link that was
// lost is told once more.
func mii(fd int, link string) (up, ok bool) {
	r, err := newIfreq(link)
	if err != nil || r.ioctl(fd, unix.SIOCGMIIPHY, nil) != nil {
		return false, false
	}
	phy := r.half(0)
	read := func(register uint16) uint16 {
		r.setHalf(0, phy)
		r.setHalf(1, register)
		if r.ioctl(fd, unix.SIOCGMIIREG, nil) != nil {
			return 0
		}
		return r.half(3)
	}
	first := read(miiStatus)
	if first == 0 || read(miiControl) == 0xffff {
		return false, false
	}
	return (first|read(miiStatus))&miiLink != 0, true
}

// ethtool asks the driver (ETHTOOL_GLINK of linux/ethtool.h).
func ethtool(fd int, link string) (up, ok bool) {
	question := [2]uint32{unix.ETHTOOL_GLINK, 0}
	r, err := newIfreq(link)
	if err != nil || r.ioctl(fd, unix.SIOCETHTOOL, &question) != nil {
		return false, false
	}
	return question[1] != 0, true
}

// flags asks whether the interface is switched on and has a carrier.
func flags(fd int, link string) (up, ok bool) {
	r, err := newIfreq(link)
	if err != nil || r.ioctl(fd, unix.SIOCGIFFLAGS, nil) != nil {
		return false, false
	}
	const running = unix.IFF_UP | unix.IFF_RUNNING
	return r.half(0)&running == running, true
}

// ifreq is struct ifreq of linux/if.h: a name and what is asked of that interface.
type ifreq struct {
	name [unix.IFNAMSIZ]byte
	data [24]byte
}

func newIfreq(link string) (*ifreq, error) {
	r := &ifreq{}
	if len(link) >= len(r.name) {
		return nil, unix.ENODEV
	}
	copy(r.name[:], link)
	return r, nil
}

func (r *ifreq) half(at int) uint16       { return native.Uint16(r.data[2*at:]) }
func (r *ifreq) setHalf(at int, v uint16) { native.PutUint16(r.data[2*at:], v) }

// ioctl asks; question is what the request points to, if it does.
func (r *ifreq) ioctl(fd int, request uintptr, question *[2]uint32) error {
	if question != nil {
		var pin runtime.Pinner
		defer pin.Unpin()
		pin.Pin(question)
		at := uint64(uintptr(unsafe.Pointer(question)))
		if unsafe.Sizeof(uintptr(0)) == 4 {
			native.PutUint32(r.data[:], uint32(at))
		} else {
			native.PutUint64(r.data[:], at)
		}
	}
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), request, uintptr(unsafe.Pointer(r))); errno != 0 {
		return errno
	}
	return nil
}
