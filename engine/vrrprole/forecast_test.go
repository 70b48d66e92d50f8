package vrrprole

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/engine/kernel"
	"holdfast/engine/model"
)

// Each text is planned on a, then applied; what was foretold is what the two routers do.
func TestWhatAPlanForetellsIsWhatHappens(t *testing.T) {
	locked := func(in *model.Instance) {
		in.AuthType, in.Password = model.Some("PASS"), model.Some(model.Secret("secret"))
	}
	for what, c := range map[string]struct {
		a, b       uint8
		change     func(*model.Instance)
		code       string
		here, both bool
	}{
		"the backup becomes the better one": {90, 100, func(in *model.Instance) { in.Priority = model.Some(uint8(150)) }, code.ForecastWins, true, false},
		"the backup stays the lower one":    {90, 100, func(in *model.Instance) { in.Priority = model.Some(uint8(99)) }, "", false, false},
		"the backup may not preempt": {90, 100, func(in *model.Instance) {
			in.Priority, in.NoPreempt = model.Some(uint8(150)), true
		}, "", false, false},
		"the backup preempts after a delay": {90, 100, func(in *model.Instance) {
			in.Priority, in.PreemptDelay = model.Some(uint8(150)), model.Some(model.Seconds(10*time.Second))
		}, code.ForecastWins, true, false},
		"the backup takes another password": {90, 100, locked, code.ForecastTwo, true, true},
		"the backup takes another number":   {90, 100, func(in *model.Instance) { in.VRID = 52 }, code.ForecastTwo, true, true},
		"the backup takes another interval": {90, 100, func(in *model.Instance) { in.Advert = model.Some(model.Seconds(2 * time.Second)) }, code.ForecastTwo, true, true},
		"the master takes another number":   {100, 90, func(in *model.Instance) { in.VRID = 52 }, code.ForecastMayBeTwo, true, true},
		"the master takes another password": {100, 90, locked, code.ForecastMayBeTwo, true, true},
		"the master stays the better one":   {100, 90, func(in *model.Instance) { in.Priority = model.Some(uint8(95)) }, code.ForecastMayYield, true, false},
		"the master tracks a link that is not there": {100, 90, func(in *model.Instance) {
			in.TrackInterfaces = []model.Track{{Name: "eth9"}}
		}, code.ForecastLeaves, false, true},
	} {
		t.Run(what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				wire := kernel.NewWire()
				before := instance("VI_1", 51, c.a, vip)
				b := sit(t, newTwinLink(t, wire, "192.0.2.2/24"), configOf(instance("VI_1", 51, c.b, vip)))
				a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), configOf(before))
				time.Sleep(10 * time.Second)
				next := before
				c.change(&next)
				planned, err := a.role.Plan(context.Background(), configOf(next))
				if err != nil || !planned.Foretold {
					t.Fatal(err, planned.Foretold)
				}
				var told control.Forecast
				if len(planned.Forecast) > 0 {
					told = planned.Forecast[0]
				}
				if told.Code != c.code || told.Code != "" && told.Here != c.here {
					t.Errorf("foretold: %+v", planned.Forecast)
				}
				if _, err := a.role.Apply(context.Background(), configOf(next)); err != nil {
					t.Fatal(err)
				}
				if told.Code == code.ForecastWins {
					time.Sleep(told.In - 100*time.Millisecond)
					a.is("VI_1", "BACKUP")
					time.Sleep(200 * time.Millisecond)
					a.is("VI_1", "MASTER")
				}
				time.Sleep(15 * time.Second)
				if a.holds(vip) != c.here || b.holds(vip) != (c.both || !c.here) {
					t.Errorf("the address is on a: %v, on b: %v", a.holds(vip), b.holds(vip))
				}
				a.stop(control.Release)
				b.stop(control.Release)
			})
		})
	}
}
