package schedule

import (
	"hash/fnv"
	"time"
)

// Phase is where in an interval the thing called name has its place: always the
// same one, spread evenly over names, so that the load of many is flat. It is 0
// for an interval of 0.
func Phase(name string, interval time.Duration) time.Duration {
	if interval <= 0 {
		return 0
	}
	h := fnv.New64a()
	h.Write([]byte(name))
	return time.Duration(h.Sum64() % uint64(interval))
}
