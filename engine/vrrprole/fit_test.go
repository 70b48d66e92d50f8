package vrrprole

import (
	"errors"
	"testing"

	"holdfast/engine/control"
	"holdfast/engine/model"
)

func TestTooManyInstancesAreRefused(t *testing.T) {
	r := New(Options{})
	if _, err := r.Fit(model.Config{Instances: make([]model.Instance, model.MaxInstances)}); err != nil {
		t.Fatal(err)
	}
	_, err := r.Fit(model.Config{Instances: make([]model.Instance, model.MaxInstances+1)})
	var p *control.Problem
	if !errors.As(err, &p) || p.Code != control.Invalid || p.Args["code"] != "too-many-instances" || p.Args["count"] != "4097" {
		t.Fatal(err)
	}
}

func TestTheRouterKeepsNoVirtualServers(t *testing.T) {
	cfg, err := New(Options{}).Fit(model.Config{Virtuals: make([]model.Virtual, 2)})
	if len(cfg.Virtuals) != 0 || err != nil {
		t.Fatal(cfg.Virtuals, err)
	}
}
