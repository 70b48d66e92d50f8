package engine

import (
	"fmt"
	"reflect"

	"holdfast/engine/model"
)

// vrrpChanges tells, in the words of the configuration, what changes besides
// the kernel's state.
func vrrpChanges(old, next model.Config) []string {
	changes := []string{}
	was := map[string]model.Instance{}
	for _, in := range old.Instances {
		was[in.Name] = in
	}
	for _, in := range next.Instances {
		before, known := was[in.Name]
		if !known {
			changes = append(changes, fmt.Sprintf("%s: new vrrp_instance", in.Name))
			continue
		}
		delete(was, in.Name)
		changes = append(changes, instanceChanges(before, in)...)
	}
	for _, in := range old.Instances {
		if _, gone := was[in.Name]; gone {
			changes = append(changes, fmt.Sprintf("%s: vrrp_instance removed", in.Name))
		}
	}
	changes = append(changes, named("vrrp_script", old.Scripts, next.Scripts, func(s model.Script) string { return s.Name })...)
	return append(changes, named("vrrp_sync_group", old.Groups, next.Groups, func(g model.Group) string { return g.Name })...)
}

func instanceChanges(old, next model.Instance) []string {
	var changes []string
	note := func(word string, from, to any) {
		if !reflect.DeepEqual(from, to) {
			changes = append(changes, fmt.Sprintf("%s: %s %v -> %v", next.Name, word, from, to))
		}
	}
	note("interface", old.Interface, next.Interface)
	note("virtual_router_id", old.VRID, next.VRID)
	note("priority", old.Priority.Val, next.Priority.Val)
	note("advert_int", old.Advert.Val.Duration(), next.Advert.Val.Duration())
	note("auth_type", old.AuthType.Val, next.AuthType.Val)
	note("nopreempt", old.NoPreempt, next.NoPreempt)
	note("preempt_delay", old.PreemptDelay.Val.Duration(), next.PreemptDelay.Val.Duration())
	note("down_timer_adverts", old.DownTimerAdverts.Val, next.DownTimerAdverts.Val)
	for _, c := range []struct {
		word    string
		differs bool
	}{
		{"auth_pass", old.Password.Val != next.Password.Val},
		{"track_interface", !reflect.DeepEqual(old.TrackInterfaces, next.TrackInterfaces)},
		{"track_script", !reflect.DeepEqual(old.TrackScripts, next.TrackScripts)},
		{"notify", !reflect.DeepEqual(old.Notify, next.Notify)},
		{"garp_master", old.Garp != next.Garp},
		{"smtp_alert", old.SMTPAlert.Val != next.SMTPAlert.Val},
		{"notify_master_rx_lower_pri", !reflect.DeepEqual(old.NotifyRxLower, next.NotifyRxLower)},
		{"virtual_ipaddress", !reflect.DeepEqual(old.Addrs, next.Addrs)},
		{"virtual_ipaddress_excluded", !reflect.DeepEqual(old.Excluded, next.Excluded)},
	} {
		if c.differs {
			changes = append(changes, fmt.Sprintf("%s: %s changed", next.Name, c.word))
		}
	}
	return changes
}

// named compares two lists of named blocks.
func named[T any](word string, old, next []T, name func(T) string) []string {
	var changes []string
	was := map[string]T{}
	for _, o := range old {
		was[name(o)] = o
	}
	for _, n := range next {
		o, known := was[name(n)]
		switch {
		case !known:
			changes = append(changes, fmt.Sprintf("%s: new %s", name(n), word))
		case !reflect.DeepEqual(o, n):
			changes = append(changes, fmt.Sprintf("%s: %s changed", name(n), word))
		}
		delete(was, name(n))
	}
	for _, o := range old {
		if _, gone := was[name(o)]; gone {
			changes = append(changes, fmt.Sprintf("%s: %s removed", name(o), word))
		}
	}
	return changes
}
