package main

import (
	"fmt"
	"os"
	"slices"
	"sync"
)

// owner is whom the demo's lab belongs to.
type owner struct {
	once     sync.Once
	failed   bool
	cleanups []func()
}

func (o *owner) Helper()                           {}
func (o *owner) Logf(format string, args ...any)   { fmt.Printf(format+"\n", args...) }
func (o *owner) Failed() bool                      { return o.failed }
func (o *owner) Cleanup(f func())                  { o.cleanups = append(o.cleanups, f) }
func (o *owner) Errorf(format string, args ...any) { o.failed = true; o.Logf("demo: "+format, args...) }

// Fatalf takes everything away and ends the program.
func (o *owner) Fatalf(format string, args ...any) {
	o.Errorf(format, args...)
	o.end()
	os.Exit(1)
}

// end takes the lab away, once.
func (o *owner) end() {
	o.once.Do(func() {
		for _, f := range slices.Backward(o.cleanups) {
			f()
		}
	})
}
