package vrrprole

import (
	"reflect"

	"holdfast/engine/model"
)

// differences tells, in the words of the configuration, what changes besides
// the kernel's state.
func differences(old, next model.Config) []string {
	changes := named([]string{}, "vrrp_instance", old.Instances, next.Instances, func(i model.Instance) string { return i.Name }, instanceChanges)
	changes = named(changes, "vrrp_script", old.Scripts, next.Scripts, func(s model.Script) string { return s.Name }, scriptChanges)
	return named(changes, "vrrp_sync_group", old.Groups, next.Groups, func(g model.Group) string { return g.Name }, groupChanges)
}

func instanceChanges(old, next model.Instance) (list []string) {
	name := next.Name
	list = model.Differs(list, name, "interface", old.Interface, next.Interface)
	list = model.Differs(list, name, "virtual_router_id", old.VRID, next.VRID)
	list = model.Differs(list, name, "priority", old.Priority.Val, next.Priority.Val)
	list = model.Differs(list, name, "advert_int", old.Advert.Val.Duration(), next.Advert.Val.Duration())
	list = model.Differs(list, name, "auth_type", old.AuthType.Val, next.AuthType.Val)
	list = model.Differs(list, name, "nopreempt", old.NoPreempt, next.NoPreempt)
	list = model.Differs(list, name, "preempt_delay", old.PreemptDelay.Val.Duration(), next.PreemptDelay.Val.Duration())
	list = model.Differs(list, name, "down_timer_adverts", old.DownTimerAdverts.Val, next.DownTimerAdverts.Val)
	list = model.Differs(list, name, "smtp_alert", old.SMTPAlert.Val, next.SMTPAlert.Val)
	return rewritten(list, name, []rewording{
		{"auth_pass", old.Password.Val, next.Password.Val},
		{"track_interface", old.TrackInterfaces, next.TrackInterfaces},
		{"track_script", old.TrackScripts, next.TrackScripts},
		{"notify", old.Notify, next.Notify},
		{"garp_master", old.Garp, next.Garp},
		{"notify_master_rx_lower_pri", old.NotifyRxLower, next.NotifyRxLower},
		{"virtual_ipaddress", old.Addrs, next.Addrs},
		{"virtual_ipaddress_excluded", old.Excluded, next.Excluded},
	})
}

func scriptChanges(old, next model.Script) []string {
	return rewritten(nil, next.Name, []rewording{{"vrrp_script", old, next}})
}

func groupChanges(old, next model.Group) []string {
	return rewritten(nil, next.Name, []rewording{{"vrrp_sync_group", old, next}})
}

// rewording is a block before and after, of which only a difference is told: it
// is long, or secret.
type rewording struct {
	word      string
	old, next any
}

func rewritten(list []string, name string, all []rewording) []string {
	for _, r := range all {
		if !reflect.DeepEqual(r.old, r.next) {
			list = append(list, model.Reads(name, r.word))
		}
	}
	return list
}

// named compares two lists of named blocks.
func named[T any](list []string, word string, old, next []T, name func(T) string, changes func(old, next T) []string) []string {
	was := make(map[string]T, len(old))
	for _, o := range old {
		was[name(o)] = o
	}
	for _, n := range next {
		if o, known := was[name(n)]; known {
			list = append(list, changes(o, n)...)
			delete(was, name(n))
			continue
		}
		list = append(list, model.Appears("", word+" "+name(n)))
	}
	for _, o := range old {
		if _, gone := was[name(o)]; gone {
			list = append(list, model.Vanishes("", word+" "+name(o)))
		}
	}
	return list
}
