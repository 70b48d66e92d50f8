package plan

import (
	"net/netip"
	"testing"
)

func TestOperationPrintsAsTheLineAnOperatorTypes(t *testing.T) {
	web := ServiceKey{Protocol: 6, Addr: netip.MustParseAddr("192.0.2.100"), Port: 80}
	six := ServiceKey{Protocol: 6, Addr: netip.MustParseAddr("2001:db8::100"), Port: 443}
	server := Destination{Addr: netip.MustParseAddr("192.0.2.33"), Port: 80, Method: DirectRoute, Weight: 1}
	eth := Address{Link: "eth0", Prefix: netip.MustParsePrefix("192.0.2.100/32")}
	labelled := eth
	labelled.Label, labelled.Scope, labelled.Broadcast = "eth0:1", 253, netip.MustParseAddr("192.0.2.255")
	for line, o := range map[string]Op{
		"ip address add 192.0.2.100/32 dev eth0 scope global":                                      {Verb: AddAddress, Address: eth},
		"ip address add 192.0.2.100/32 dev eth0 scope link label eth0:1 brd 192.0.2.255":           {Verb: AddAddress, Address: labelled},
		"ip address add 192.0.2.100/32 dev eth0 scope 77":                                          {Verb: AddAddress, Address: Address{Link: "eth0", Prefix: eth.Prefix, Scope: 77}},
		"ip address add 2001:db8::1/64 dev eth0 scope global nodad":                                {Verb: AddAddress, Address: Address{Link: "eth0", Prefix: netip.MustParsePrefix("2001:db8::1/64")}},
		"ip address add 2001:db8::1/128 dev eth0 scope global nodad preferred_lft 0":               {Verb: AddAddress, Address: Address{Link: "eth0", Prefix: netip.MustParsePrefix("2001:db8::1/128")}},
		"ip address del 192.0.2.100/32 dev eth0":                                                   {Verb: DeleteAddress, Address: labelled},
		"ipvsadm -A -t 192.0.2.100:80 -s wrr":                                                      {Verb: AddService, Service: Service{Key: web, Scheduler: "wrr"}},
		"ipvsadm -A -t 192.0.2.100:80 -s wrr -p 360 -M 255.255.255.0":                              {Verb: AddService, Service: Service{Key: web, Scheduler: "wrr", Timeout: 360, Netmask: netip.MustParseAddr("255.255.255.0")}},
		"ipvsadm -E -t [2001:db8::100]:443 -s sh -p 50 -M 48 -b flag-1,flag-3":                     {Verb: EditService, Service: Service{Key: six, Scheduler: "sh", Timeout: 50, Netmask: netip.MustParseAddr("ffff:ffff:ffff::"), Flags: SchedFlag1 | SchedFlag3}},
		"ipvsadm -A -t 192.0.2.100:80 -s rr -p 50 --pe sip":                                        {Verb: AddService, Service: Service{Key: web, Scheduler: "rr", Timeout: 50, Engine: "sip"}},
		"ipvsadm -a -t 192.0.2.100:80 -r 192.0.2.33:80 -i --tun-type gue --tun-port 6080 -w 1":     {Verb: AddDestination, Service: Service{Key: web}, Destination: Destination{Addr: server.Addr, Port: 80, Method: Tunnel, Weight: 1, Wrap: Wrap{Kind: GUE, Port: 6080}}},
		"ipvsadm -a -t 192.0.2.100:80 -r 192.0.2.33:80 -i --tun-type gre --tun-csum -w 1":          {Verb: AddDestination, Service: Service{Key: web}, Destination: Destination{Addr: server.Addr, Port: 80, Method: Tunnel, Weight: 1, Wrap: Wrap{Kind: GRE, Sum: Sum}}},
		"ipvsadm --set 900 120 300":                                                                {Verb: SetTimeouts, Timeouts: Timeouts{900, 120, 300}},
		"ipvsadm -A -u 192.0.2.100:53 -s rr -o":                                                    {Verb: AddService, Service: Service{Key: ServiceKey{Protocol: 17, Addr: web.Addr, Port: 53}, Scheduler: "rr", Flags: OnePacket}},
		"ipvsadm -D --sctp-service 192.0.2.100:53":                                                 {Verb: DeleteService, Service: Service{Key: ServiceKey{Protocol: 132, Addr: web.Addr, Port: 53}}},
		"ipvsadm -a -t 192.0.2.100:80 -r 192.0.2.33:80 -g -w 1":                                    {Verb: AddDestination, Service: Service{Key: web}, Destination: server},
		"ipvsadm -e -t 192.0.2.100:80 -r 192.0.2.33:80 -i -w 0 -x 20 -y 10":                        {Verb: EditDestination, Service: Service{Key: web}, Destination: Destination{Addr: server.Addr, Port: 80, Method: Tunnel, Upper: 20, Lower: 10}},
		"ipvsadm -a -t [2001:db8::100]:443 -r [2001:db8::33]:8443 -m -w 5":                         {Verb: AddDestination, Service: Service{Key: six}, Destination: Destination{Addr: netip.MustParseAddr("2001:db8::33"), Port: 8443, Weight: 5}},
		"ipvsadm -d -t 192.0.2.100:80 -r 192.0.2.33:80":                                            {Verb: DeleteDestination, Service: Service{Key: web}, Destination: server},
		"ip link add link eth0.7 name vrrp.51 address 00:00:5e:00:01:33 type macvlan mode private": {Verb: AddLink, Link: Link{Name: "vrrp.51", Parent: "eth0.7", MAC: MAC{0, 0, 0x5e, 0, 1, 51}}},
		"ip link set dev vrrp.51 mtu 9000":                                                         {Verb: EditLink, Link: Link{Name: "vrrp.51", MTU: 9000}},
		"ip link del dev vrrp.51":                                                                  {Verb: DeleteLink, Link: Link{Name: "vrrp.51"}},
		"sysctl -w net.ipv4.conf.eth0/7.arp_ignore=1":                                              {Verb: ChangeSetting, Setting: Setting{"eth0.7", ARPIgnore, 1}},
		"ipvsadm --start-daemon master --mcast-interface eth0 --syncid 51":                         {Verb: StartDaemon, Daemon: SyncDaemon{State: SyncMaster, Link: "eth0", ID: 51, Port: 8848, TTL: 1, Group: netip.MustParseAddr("224.0.0.81")}},
		"ipvsadm --start-daemon backup --mcast-interface eth0 --syncid 0 --sync-maxlen 1400 --mcast-group 224.0.0.82 --mcast-port 8849 --mcast-ttl 3": {Verb: StartDaemon, Daemon: SyncDaemon{
			State: SyncBackup, Link: "eth0", MaxLen: 1400, Group: netip.MustParseAddr("224.0.0.82"), Port: 8849, TTL: 3}},
		"ipvsadm -A -f 5 -s rr":                                               {Verb: AddService, Service: Service{Key: MarkKey(5, false), Scheduler: "rr"}},
		"ipvsadm -d -f 4294967295 -6 -r 192.0.2.33:80":                        {Verb: DeleteDestination, Service: Service{Key: MarkKey(1<<32-1, true)}, Destination: server},
		"nft add element ip holdfast vips { 192.0.2.100 }":                    {Verb: AddDrop, Drop: Drop{Addr: web.Addr}},
		"nft delete element ip6 holdfast vips { 2001:db8::100 }":              {Verb: DeleteDrop, Drop: Drop{Addr: six.Addr, Link: "eth0"}},
		"nft add element ip6 holdfast vips_link_local { fe80::1 . \"eth0\" }": {Verb: AddDrop, Drop: Drop{Addr: netip.MustParseAddr("fe80::1"), Link: "eth0"}},
		"ipvsadm --stop-daemon backup":                                        {Verb: StopDaemon, Daemon: SyncDaemon{State: SyncBackup}},
	} {
		if got := o.String(); got != line {
			t.Errorf("got  %s\nwant %s", got, line)
		}
	}
}
