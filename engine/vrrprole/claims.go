package vrrprole

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"holdfast/engine/claim"
	"holdfast/engine/control"
	"holdfast/engine/model"
)

// ClaimOf is the name of the claim on the virtual router of an instance: one host is
// one of its routers, in whatever process.
func ClaimOf(in model.Instance) string {
	family := "ipv4"
	if len(in.Addrs) > 0 && in.Addrs[0].Prefix.Addr().Is6() {
		family = "ipv6"
	}
	return claim.Router(in.Interface, family, int(in.VRID))
}

// claims are the role's claims on its virtual routers. It takes them behind the lock
// of the role and gives them up before it, so that a successor finds them free.
type claims struct {
	take func(name, dir string) (io.Closer, error) // nil: nothing is claimed
	log  *slog.Logger

	mu   sync.Mutex // guards what follows
	dir  string
	held map[string]io.Closer
}

// want claims what cfg needs beside what is held. It claims all of it or nothing
// more, and gives back how to give up what is new.
func (c *claims) want(cfg model.Config) (undo func(), err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var added []string
	undo = func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.drop(added)
	}
	if c.take == nil {
		return undo, nil
	}
	for _, in := range cfg.Instances {
		name := ClaimOf(in)
		if c.held[name] != nil {
			continue
		}
		taken, err := c.take(name, c.dir)
		var held claim.HeldError
		switch {
		case errors.As(err, &held):
			c.drop(added)
			return nil, elsewhere(in, held.Holder)
		case err != nil: // a claim guards against a second house, and is no reason to have none
			c.log.Warn("virtual router not claimed", "instance", in.Name, "reason", err)
			continue
		}
		added = append(added, name)
		c.held[name] = taken
	}
	return undo, nil
}

// only gives up what cfg does not need.
func (c *claims) only(cfg model.Config) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drop(slices.DeleteFunc(slices.Collect(maps.Keys(c.held)), func(name string) bool {
		return slices.ContainsFunc(cfg.Instances, func(in model.Instance) bool { return ClaimOf(in) == name })
	}))
}

// drop gives claims up; mu is held.
func (c *claims) drop(names []string) {
	for _, name := range names {
		if err := c.held[name].Close(); err != nil {
			c.log.Error("giving up a virtual router", "router", name, "err", err)
		}
		delete(c.held, name)
	}
}

// claimAgain is the pause before a claim that another process has is tried again.
const claimAgain = 500 * time.Millisecond

// await claims what cfg needs, as the process that works in runDir. Where another
// process has one of its routers it waits: two masters of one node would fight over
// the address.
func (c *claims) await(ctx context.Context, cfg model.Config, runDir string) error {
	if full, err := filepath.Abs(runDir); err == nil {
		runDir = full
	}
	c.mu.Lock()
	c.dir = runDir
	c.mu.Unlock()
	for told := false; ; told = true {
		_, err := c.want(cfg)
		if err == nil {
			return nil
		}
		if !told {
			c.log.Error("waiting until the virtual router is free", "reason", err)
		}
		select {
		case <-time.After(claimAgain):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// RouterElsewhere says that another process of this host has a virtual router.
const RouterElsewhere = "router-elsewhere"

func elsewhere(in model.Instance, h claim.Holder) error {
	return &control.Problem{
		Code:    control.Invalid,
		Message: fmt.Sprintf("virtual router %d on %s (%s) is run by process %d, which works in %s; one host runs it once", in.VRID, in.Interface, in.Name, h.PID, h.Dir),
		Args: map[string]string{"code": RouterElsewhere, "instance": in.Name, "link": in.Interface, "vrid": strconv.Itoa(int(in.VRID)),
			"pid": strconv.Itoa(h.PID), "dir": h.Dir},
	}
}
