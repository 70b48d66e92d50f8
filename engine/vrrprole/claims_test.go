package vrrprole

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"testing"

	"holdfast/engine/claim"
	"holdfast/engine/control"
	"holdfast/engine/model"
)

type taken struct {
	name string
	by   map[string]bool
}

func (t taken) Close() error {
	delete(t.by, t.name)
	return nil
}

// desk is claims whose names are kept in by.
func desk(by map[string]bool) *claims {
	return &claims{held: map[string]io.Closer{}, log: slog.New(slog.DiscardHandler), take: func(name, _ string) (io.Closer, error) {
		if by[name] {
			return nil, claim.HeldError{Name: name, Holder: claim.Holder{PID: 4711, Dir: "/run/other"}}
		}
		by[name] = true
		return taken{name, by}, nil
	}}
}

func routersOn(link string, vrids ...uint8) (cfg model.Config) {
	for _, id := range vrids {
		cfg.Instances = append(cfg.Instances, model.Instance{Name: fmt.Sprint("VI_", id), Interface: link, VRID: id})
	}
	return cfg
}

func TestTextThatNamesARouterOfAnotherProcessIsRefusedAndClaimsNothing(t *testing.T) {
	by := map[string]bool{"router eth0 ipv4 52": true}
	c := desk(by)
	_, err := c.want(routersOn("eth0", 51, 52))
	var p *control.Problem
	if !errors.As(err, &p) || p.Args["code"] != RouterElsewhere || p.Args["pid"] != "4711" || p.Args["dir"] != "/run/other" {
		t.Fatal(err)
	}
	if len(by) != 1 {
		t.Error("claimed:", by)
	}
}

func TestClaimsFollowTheText(t *testing.T) {
	by := map[string]bool{}
	c := desk(by)
	if _, err := c.want(routersOn("eth0", 51)); err != nil {
		t.Fatal(err)
	}
	undo, err := c.want(routersOn("eth0", 51, 52))
	if err != nil || len(by) != 2 {
		t.Fatal(err, by)
	}
	undo()
	if !by["router eth0 ipv4 51"] || len(by) != 1 {
		t.Error("a change that failed leaves", by)
	}
	if c.only(routersOn("eth1", 51)); len(by) != 0 {
		t.Error("a router that is not configured any more is claimed:", by)
	}
}
