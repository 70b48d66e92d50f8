package dump

import (
	"encoding/json"
	"net/netip"
	"strings"
	"testing"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/model"
	"holdfast/engine/vrrp"
)

const text = `global_defs {
    router_id lb
}
vrrp_script chk {
    script "/usr/bin/test -e /etc/passwd"
    rise 2
    fall 3
    weight 5
}
vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 51
    priority 100
    preempt_delay 7
    authentication {
        auth_type PASS
        auth_pass 64e06f86
    }
    virtual_ipaddress {
        192.0.2.100/24 brd + label eth0:1
        192.0.2.101 scope link no_track
    }
    virtual_ipaddress_excluded {
        2001:db8::5/64
        fd00::7
    }
    track_script {
        chk weight -7 reverse
    }
    notify_master "/bin/true a"
    notify "/bin/true b c"
}
`

// made is the report of text, with its instance in a role.
func made(t *testing.T, role vrrp.Role) Report {
	t.Helper()
	cfg, findings := model.Parse("x", []byte(text), model.Facts{})
	if model.Failed(findings) {
		t.Fatal(findings)
	}
	cfg = model.Resolve(cfg)
	since := time.Date(2026, 11, 28, 6, 2, 7, 12_340_000, time.UTC)
	in := Instance{
		Config: &cfg.Instances[0],
		Core:   &vrrp.Instance{Version: 2, Priority: 100, Advert: time.Second, DownAdverts: 3, PreemptDelay: 7 * time.Second, Garp: vrrp.Garp{Repeat: 5, Delay: 5 * time.Second}},
		State: vrrp.State{Role: role, Since: since, Due: since.Add(time.Second), Priority: 107,
			Conditions: vrrp.Conditions{Adjust: 7, Source: netip.MustParseAddr("192.0.2.31")},
			Holder:     netip.MustParseAddr("192.0.2.32"), HolderPriority: 200},
		Stats:     control.VRRPStats{AdvertsReceived: 1, AdvertsSent: 2, BecameMaster: 3, ReleasedMaster: 4, LengthErrors: 5, IntervalErrors: 6, TTLErrors: 7, TypeErrors: 8, AddressErrors: 9, AuthInvalid: 10, AuthMismatch: 11, AuthFailures: 12, PriZeroReceived: 13, PriZeroSent: 14},
		Multicast: netip.MustParseAddr("224.0.0.18"),
	}
	return Report{Global: cfg.Global, Node: "node1", Instances: []Instance{in},
		Scripts: []Script{{Config: cfg.Scripts[0], Count: 4, Known: true, Good: true, Running: true}}}
}

func TestDataHasWhatExportersReadWhereTheyReadIt(t *testing.T) {
	got := string(Data(made(t, vrrp.Master)))
	for _, want := range []string{
		"\n Router ID = lb\n",
		"\n------< VRRP Topology >------\n VRRP Instance = VI_1\n",
		"\n   State = MASTER\n", "\n   Wantstate = MASTER\n", "\n   Interface = eth0\n", "\n   Virtual Router ID = 51\n", "\n   Gratuitous ARP delay = 5\n",
		"\n   Last transition = 1795845727.012340 (Sat Nov 28 06:02:07.012340 2026)\n",
		"\n   Master down timer = 3582031 usecs\n", "\n   Total priority = 107\n", "\n   Preempt delay = 7 secs\n", "\n   Authentication type = SIMPLE_PASSWORD\n",
		"\n   Virtual IP (2):\n     192.0.2.100/24 brd 192.0.2.255 dev eth0 scope global label eth0:1 set\n     192.0.2.101 dev eth0 scope link no_track set\n",
		"\n   Virtual IP Excluded :\n     2001:db8::5/64 dev eth0 scope global preferred_lft forever set\n     fd00::7 dev eth0 scope global deprecated set\n",
		"\n   Tracked scripts :\n     chk weight -7 reverse\n",
		"\n   Generic state transition script = '/bin/true' 'b' 'c'\n",
		"\n------< VRRP Scripts >------\n VRRP Script = chk\n   Command = '/usr/bin/test' '-e' '/etc/passwd'\n",
		"\n   Result = 4\n", "\n   Status = GOOD\n", "\n   State = running\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if strings.Contains(got, "64e06f86") || strings.Contains(got, "Master router") {
		t.Error("it says too much")
	}
	if t.Failed() {
		t.Log(got)
	}
}

func TestABackupNamesItsMasterAndHasNothingSet(t *testing.T) {
	got := string(Data(made(t, vrrp.Backup)))
	if !strings.Contains(got, "\n   State = BACKUP\n   Master router = 192.0.2.32\n   Master priority = 200\n") || strings.Contains(got, " set\n") {
		t.Error(got)
	}
}

func TestEveryCounterStandsInItsPlace(t *testing.T) {
	const want = `VRRP Instance: VI_1
  Advertisements:
    Received: 1
    Sent: 2
  Became master: 3
  Released master: 4
  Packet Errors:
    Length: 5
    TTL: 7
    Invalid Type: 8
    Advertisement Interval: 6
    Address List: 9
  Authentication Errors:
    Invalid Type: 10
    Type Mismatch: 11
    Failure: 12
  Priority Zero:
    Received: 13
    Sent: 14
`
	if got := string(Stats(made(t, vrrp.Master))); got != want {
		t.Error(got)
	}
}

func TestJSONIsAListOfDataAndStats(t *testing.T) {
	b, err := JSON(made(t, vrrp.Fault))
	if err != nil {
		t.Fatal(err)
	}
	var got []struct {
		Data  map[string]any
		Stats map[string]int
	}
	if err := json.Unmarshal(b, &got); err != nil || len(got) != 1 {
		t.Fatal(err, string(b))
	}
	for key, want := range map[string]any{"iname": "VI_1", "state": 3.0, "wantstate": 3.0, "vipset": false, "last_transition": 1795845727.01234,
		"base_priority": 100.0, "effective_priority": 107.0, "preempt_delay": 7.0, "auth_type": 1.0, "script": "'/bin/true' 'b' 'c'"} {
		if got[0].Data[key] != want {
			t.Errorf("%s is %v, want %v", key, got[0].Data[key], want)
		}
	}
	if got[0].Stats["pri_zero_sent"] != 14 || strings.Contains(string(b), "64e06f86") {
		t.Error(string(b))
	}
}

// A report without an instance is a report all the same.
func TestNothingIsAnEmptyList(t *testing.T) {
	if b, err := JSON(Report{}); err != nil || string(b) != "[]" {
		t.Error(string(b), err)
	}
	if b := Stats(Report{}); len(b) != 0 {
		t.Error(string(b))
	}
}

func TestASignatureIsReportedWithoutItsKeys(t *testing.T) {
	r := made(t, vrrp.Master)
	r.Instances[0].Config.HMAC = model.HMAC{
		Keys:   []model.SigningKey{{ID: 7, Value: "0123456789abcdef0123456789abcdef"}},
		Active: model.Some[uint8](7), AntiReplay: model.Some("time"), Window: model.Some(5), Mode: model.Some("enforce"),
	}
	r.Instances[0].Stats.Unsigned, r.Instances[0].Stats.Replayed = 15, 20
	data := string(Data(r))
	const want = "   Authentication extension = HMAC-SHA256-128\n     Keys = 1, active key id = 7\n     Mode = enforce\n     Anti replay = time, window = 5 sec\n"
	if !strings.Contains(data, want) || strings.Contains(data, "0123456789abcdef") {
		t.Errorf("%s", data)
	}
	const counters = "  Authentication Extension Errors:\n    Missing: 15\n    Malformed: 0\n    Unknown Key: 0\n    Invalid HMAC: 0\n    Stale: 0\n    Replay: 20\n  Priority Zero:\n"
	if stats := string(Stats(r)); !strings.Contains(stats, counters) {
		t.Errorf("%s", stats)
	}
}
