package show

import (
	"cmp"
	"strconv"
	"strings"

	"holdfast/engine/control"
	"holdfast/server/terminal"
)

// AdvertsText lists the routers that are heard, for people.
func AdvertsText(e *Env, heard control.Adverts) string {
	var b strings.Builder
	v := view{Env: e, now: heard.At}
	if len(heard.List) == 0 {
		b.WriteString(e.Text("adverts.none", nil) + "\n")
	} else {
		rows := [][]string{v.titles("interface", "vrid", "from", "priority", "version", "interval", "addresses", "instance", "last", "since", "count", "mac")}
		for _, a := range heard.List {
			rows = append(rows, []string{a.Interface, strconv.Itoa(int(a.VRID)), a.From, v.said(a), version(a), a.Interval.String(),
				cmp.Or(strings.Join(a.Addresses, " "), "-"), cmp.Or(strings.Join(a.Instances, " "), "-"), v.ago(a.Last), v.ago(a.Since),
				strconv.FormatUint(a.Count, 10), cmp.Or(a.MAC, "-")})
		}
		terminal.Table(&b, rows)
		for _, a := range heard.List {
			if a.Refused != "" {
				b.WriteString("  ! " + v.Text("notice."+a.Refused, map[string]string{"from": a.From}) + "\n")
			}
		}
	}
	if heard.Missed > 0 {
		b.WriteString("  ! " + e.Text("adverts.missed", map[string]string{"count": strconv.FormatUint(heard.Missed, 10)}) + "\n")
	}
	return b.String()
}

// said is the priority that a router has, or that it resigned or is silent.
func (v view) said(a control.Advert) string {
	switch n := strconv.Itoa(int(a.Priority)); {
	case a.Resigned:
		return v.Text("adverts.resigned", map[string]string{"priority": n})
	case !a.Live:
		return v.Text("adverts.silent", map[string]string{"priority": n})
	default:
		return n
	}
}

// version is the version of an advert with its authentication, such as "2 PASS".
func version(a control.Advert) string {
	return strings.TrimSpace(strconv.Itoa(int(a.Version)) + " " + a.Auth)
}
