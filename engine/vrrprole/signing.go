package vrrprole

import (
	"strconv"
	"time"

	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/kernel"
	"holdfast/engine/model"
	"holdfast/engine/vrrp"
)

// signingModes are what the words of mode are on the wire.
var signingModes = map[string]vrrp.SigningMode{"enforce": vrrp.Enforce, "permissive": vrrp.Permissive, "receive-only": vrrp.ReceiveOnly}

// signingOf is auth_hmac in the protocol's words, nil where adverts are not signed: also,
// as with keepalived, where the key that signs cannot be had.
func signingOf(h model.HMAC) *vrrp.Signing {
	if !h.On() {
		return nil
	}
	s := &vrrp.Signing{Keys: map[uint8][]byte{}, Active: h.Active.Val, Mode: signingModes[h.Mode.Val]}
	for _, k := range h.Keys {
		if b := k.Bytes(); b != nil {
			s.Keys[k.ID] = b
		}
	}
	if s.Keys[s.Active] == nil {
		return nil
	}
	if h.AntiReplay.Val == "time" {
		s.Window = time.Duration(h.Window.Val) * time.Second
	}
	return s
}

// Limited says what an instance does less than its text asks for, and goes on without:
// it hears no other router, or signs nothing.
func Limited(in model.Instance, link kernel.Link) []control.Blocked {
	if deaf := Deaf(in, link); deaf != nil {
		return deaf
	}
	if in.Unsigned || in.HMAC.On() && signingOf(in.HMAC) == nil {
		return []control.Blocked{{Object: in.Name, Code: code.NoSigningKey}}
	}
	return nil
}

// hearStamp goes on from the stamp of an advert whose trailer is right.
func (r *router) hearStamp(adv vrrp.Advert, p kernel.Packet) {
	if adv.Stamp == 0 {
		return
	}
	room := vrrp.GroupMarks
	if r.wire.Unicast {
		room = len(r.to)
	}
	r.marks.Note(p.Src, adv.Stamp, room)
}

// args are what the words about a packet name besides its sender.
func (r *router) args(adv vrrp.Advert, heard vrrp.Packet, why vrrp.Refusal) map[string]string {
	switch why {
	case vrrp.BadVersion:
		return map[string]string{journal.FactVersion: digit(vrrp.VersionOf(heard)), journal.FactOwnVersion: digit(r.wire.Version)}
	case vrrp.UnknownKey, vrrp.HMACFailed:
		key, _ := vrrp.KeyOf(heard)
		return map[string]string{journal.FactKey: digit(key)}
	case vrrp.Stale, vrrp.ClockDrifts:
		return map[string]string{journal.FactSkew: seconds(adv.Age.Abs()), journal.FactLimit: seconds(r.wire.Signing.Window)}
	}
	return nil
}

func seconds(d time.Duration) string { return strconv.FormatInt(int64(d/time.Second), 10) }

// signing tells how the adverts of a router are signed, nil where they are not.
func (r *router) signing() *control.Signing {
	s := r.wire.Signing
	if s == nil {
		return nil
	}
	return &control.Signing{Keys: len(s.Keys), Active: s.Active, Mode: r.cfg.HMAC.Mode.Val, Window: int(s.Window / time.Second)}
}
