package dump

import (
	"encoding/json"
	"strconv"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/model"
	"holdfast/engine/vrrp"
)

// JSON is keepalived.json: a list of instances, each with its data and its counters.
func JSON(r Report) ([]byte, error) {
	scripts := make(map[string]model.Script, len(r.Scripts))
	for _, s := range r.Scripts {
		scripts[s.Config.Name] = s.Config
	}
	list := make([]entry, len(r.Instances))
	for i := range r.Instances {
		in := &r.Instances[i]
		list[i] = entry{in.data(scripts), in.Stats}
	}
	return json.Marshal(list)
}

type entry struct {
	Data  data              `json:"data"`
	Stats control.VRRPStats `json:"stats"`
}

// data is an instance in keepalived's words and order.
type data struct {
	Name            string      `json:"iname"`
	DontTrack       int         `json:"dont_track_primary"`
	SkipCheck       int         `json:"skip_check_adv_addr"`
	Strict          int         `json:"strict_mode"`
	VMAC            string      `json:"vmac_ifname"`
	Interface       string      `json:"ifp_ifname"`
	MasterPriority  int         `json:"master_priority"`
	Since           json.Number `json:"last_transition"`
	GarpDelay       int         `json:"garp_delay"`
	GarpRefresh     int         `json:"garp_refresh"`
	GarpRepeat      int         `json:"garp_rep"`
	RefreshRepeat   int         `json:"garp_refresh_rep"`
	LowerDelay      int         `json:"garp_lower_prio_delay"`
	LowerRepeat     int         `json:"garp_lower_prio_rep"`
	LowerNoAdvert   int         `json:"lower_prio_no_advert"`
	HigherAdvert    int         `json:"higher_prio_send_advert"`
	VRID            int         `json:"vrid"`
	Base            int         `json:"base_priority"`
	Effective       int         `json:"effective_priority"`
	Set             bool        `json:"vipset"`
	Promote         bool        `json:"promote_secondaries"`
	Interval        json.Number `json:"adver_int"`
	MasterInterval  json.Number `json:"master_adver_int"`
	Accept          int         `json:"accept"`
	NoPreempt       bool        `json:"nopreempt"`
	PreemptDelay    int         `json:"preempt_delay"`
	State           int         `json:"state"`
	Want            int         `json:"wantstate"`
	Version         int         `json:"version"`
	SMTPAlert       bool        `json:"smtp_alert"`
	NotifyDeleted   bool        `json:"notify_deleted"`
	ToBackup        string      `json:"script_backup,omitempty"`
	ToMaster        string      `json:"script_master,omitempty"`
	ToFault         string      `json:"script_fault,omitempty"`
	ToStop          string      `json:"script_stop,omitempty"`
	ToDeleted       string      `json:"script_deleted,omitempty"`
	General         string      `json:"script,omitempty"`
	LowerPriority   string      `json:"script_master_rx_lower_pri,omitempty"`
	Addresses       []string    `json:"vips,omitempty"`
	Excluded        []string    `json:"evips,omitempty"`
	Routes          []string    `json:"vroutes,omitempty"`
	Rules           []string    `json:"vrules,omitempty"`
	TrackInterfaces []string    `json:"track_ifp,omitempty"`
	TrackScripts    []string    `json:"track_script,omitempty"`
	AuthType        int         `json:"auth_type"`
}

func (in *Instance) data(scripts map[string]model.Script) data {
	c, master := in.Config, in.State.Role == vrrp.Master
	d := data{
		Name: c.Name, DontTrack: bit(c.DontTrackPrimary), Interface: c.Interface,
		MasterPriority: in.holder(), Since: instant(in.State.Since),
		GarpDelay: seconds(in.Core.Garp.Delay), GarpRefresh: seconds(in.Core.Garp.Refresh), GarpRepeat: in.Core.Garp.Repeat,
		RefreshRepeat: in.Core.Garp.RefreshRepeat, LowerDelay: seconds(in.Core.Garp.LowerDelay), LowerRepeat: in.Core.Garp.LowerRepeat,
		Promote: c.Promote, VRID: int(c.VRID), Base: int(in.Core.Priority), Effective: int(in.State.Priority), Set: master,
		Interval: interval(in.Core.Advert), MasterInterval: interval(in.masterAdvert()), Accept: bit(!c.NoAccept),
		Strict: bit(c.StrictMode.Val), LowerNoAdvert: bit(in.Core.NoAnswer), HigherAdvert: bit(in.Core.LastAdvert),
		NoPreempt: in.Core.NoPreempt, PreemptDelay: seconds(in.Core.PreemptDelay),
		State: int(in.State.Role), Want: int(in.want()), Version: int(in.Core.Version), SMTPAlert: c.SMTPAlert.Val, NotifyDeleted: c.NotifyDeleted.Written, ToDeleted: written(c.NotifyDeleted.Val),
		ToBackup: written(c.Notify.Backup), ToMaster: written(c.Notify.Master), ToFault: written(c.Notify.Fault),
		ToStop: written(c.Notify.Stop), General: written(c.Notify.General), LowerPriority: written(c.NotifyRxLower),
		AuthType: authTypes[c.AuthType.Val],
	}
	for _, a := range c.Addrs {
		d.Addresses = append(d.Addresses, address(a, c.Interface, master))
	}
	for _, a := range c.Excluded {
		d.Excluded = append(d.Excluded, address(a, c.Interface, master))
	}
	d.Routes, d.Rules = each(c.Routes, route), each(c.Rules, rule)
	for _, t := range in.tracked() {
		d.TrackInterfaces = append(d.TrackInterfaces, t.Name)
	}
	for _, t := range c.TrackScripts {
		d.TrackScripts = append(d.TrackScripts, written(scripts[t.Name].Command))
	}
	return d
}

// authTypes are the numbers of auth_type.
var authTypes = map[string]int{"PASS": 1, "AH": 2}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

func written(c model.Command) string {
	if !c.Written() {
		return ""
	}
	return command(c)
}

// interval is in seconds, with what is behind the point only where there is something, as
// keepalived has it.
func interval(d time.Duration) json.Number {
	return json.Number(strconv.FormatFloat(d.Seconds(), 'f', -1, 64))
}

// masterAdvert is the interval of the master: a backup learns it in version 3.
func (in *Instance) masterAdvert() time.Duration {
	if learned := in.State.Interval; in.State.Role == vrrp.Backup && learned > 0 {
		return learned
	}
	return in.Core.Advert
}

// instant is seconds since 1970 with six digits behind the point, as keepalived has
// them.
func instant(at time.Time) json.Number {
	if at.IsZero() {
		return "0.000000"
	}
	us := at.UnixMicro()
	digits := strconv.FormatInt(us%1e6+1e6, 10)[1:]
	return json.Number(strconv.FormatInt(us/1e6, 10) + "." + digits)
}
