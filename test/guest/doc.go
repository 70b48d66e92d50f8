// Package guest runs one command as root inside a throw-away User-Mode-Linux
// guest, whose kernel has IPVS where the machine's own may have none. The guest
// sees the machine's files and writes to a layer above them that vanishes with
// it; only folders named for it can be written for good. It has no network to
// the outside. When the run ends, nothing of the guest is left.
//
//	machine                                 guest
//	  / (read-only) ───── hostfs ─────▶ lower layer ┐
//	                      tmpfs  ─────▶ upper layer ┴▶ /
//	  job/ ────────────── hostfs ─────▶ /run/job      command, exit code
//	  pipes ◀──────────── consoles ──── stdout, stderr
//	  line ◀───────────── serial ─────▶ /dev/ttyS0    optional, both ways
package guest
