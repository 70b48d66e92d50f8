package model

// keptLines declares the words inside of statements that stand on one line: an
// address, a route, a rule, a track, an argument of several words. Their block is
// the word of the statement; kept.go says how a line reads.
const keptLines = `
block +mild virtual_ipaddress virtual_ipaddress_excluded
dev                 interface acted since:..1.2.8
label               text acted
brd                 broadcast acted alias:broadcast since:..1.2.8
scope               scope acted since:..1.2.8
no_track            flag acted since:..2.0.3

block +mild static_ipaddress
dev                 interface since:..1.2.8
label               text
brd                 broadcast alias:broadcast since:..1.2.8
scope               scope since:..1.2.8
track_group         text since:..2.0.3 loss:root.track_group
no_track            flag since:..2.0.3

block +mild virtual_ipaddress virtual_ipaddress_excluded static_ipaddress
peer                prefix
preferred_lft       lifetime
use_vmac            flag since:..1.2.6
home                flag loss:address.flags
-nodad              flag loss:address.flags
mngtmpaddr          flag loss:address.flags
noprefixroute       flag loss:address.flags
autojoin            flag loss:address.flags

block virtual_routes static_routes
unicast             flag
local               flag
broadcast           flag
multicast           flag
throw               flag
unreachable         flag
prohibit            flag
blackhole           flag since:..1.2.8
nat                 flag
to                  prefix since:..1.2.8
inet                flag
inet6               flag
via                 gateway old:gw since:..1.2.8
or                  gateway old since:..1.2.8
nexthop             flag
dev                 interface alias:oif since:..1.2.8
src                 addr since:..1.2.8
table               name since:..1.2.8
protocol            octet
scope               scope since:..1.2.8
metric              whole 0..4294967295 alias:priority,preference
tos                 octet alias:dsfield
mtu                 metric 0..4294967295
hoplimit            metric 0..255
advmss              metric 0..4294967295
rtt                 time
rttvar              time
reordering          metric 0..4294967295
window              whole 0..4294967295
cwnd                metric 0..4294967295
ssthresh            metric 0..4294967295
realms              name
rto_min             time
initcwnd            whole 0..4294967295
initrwnd            whole 0..4294967295
quickack            whole 0..1
congctl             control
pref                choice values:low,medium,high
fastopen_no_cookie  whole 0..1
ttl-propagate       choice values:enabled,disabled
expires             whole 0..4294967295
features            choice values:ecn
encap               encap values:mpls,ip,ip6,ila
as                  target
onlink              flag
weight              whole 1..256
append              flag
vrf                 name

block virtual_rules static_rules
not                 flag
from                prefix
to                  prefix
iif                 interface alias:dev
oif                 interface
tos                 octet alias:dsfield
fwmark              mark
preference          octal 0..4294967295 alias:priority,order
table               name alias:lookup
nop                 flag
goto                whole 0..4294967295
blackhole           flag
unreachable         flag
prohibit            flag
type                choice values:unreachable,blackhole,prohibit,nop
realms              name
protocol            octet
suppress_prefixlength whole 0..128
suppress_ifgroup    name
tun_id              whole 0..4294967295 since:2.2.8..2.4.3
l3mdev              flag
uidrange            span 0..4294967295
ipproto             name
ip_proto            name since:2.2.8..2.4.3
sport               span 0..65535
dport               span 0..65535
inet6               flag

block virtual_routes static_routes virtual_rules static_rules
no_track            flag

block static_routes static_rules
track_group         text since:..2.0.3 loss:root.track_group

block +mild track_interface track_script
weight              whole -253..253 acted since:..1.2.8
reverse             flag acted since:2.0.18
noreverse           flag acted since:2.2.8..2.4.3

block +mild track_process
weight              whole -254..254

block +mild track_bfd
weight              whole -253..253

block +mild track_process track_bfd
reverse             flag since:2.0.18
noreverse           flag since:2.2.8..2.4.3

block +mild weight
reverse             flag acted since:2.0.18
noreverse           flag acted since:2.2.8..2.4.3

block +mild unicast_peer
min_ttl             whole 0..255 loss:unicast
max_ttl             whole 0..255 loss:unicast

block virtual_server_group
fwmark              whole 0..4294967295 since:..1.2.8
inet                flag
inet6               flag

block linkbeat_interfaces
MII                 flag
ETHTOOL             flag
IOCTL               flag

block +mild lvs_sync_daemon
inst                text
id                  whole 0..255
maxlen              whole 1..65507
port                whole 1..65535 =8848
ttl                 whole 1..255 =1
group               addr multicast =224.0.0.81

block +mild lvs_timeouts
tcp                 whole 0..2678400
tcpfin              whole 0..2678400
udp                 whole 0..2678400

block +mild use_vmac
name                flag since:2.2.8..2.4.3 loss:vrrp_instance.use_vmac
netlink_notify_msg  flag loss:vrrp_instance.use_vmac
group               name since:2.2.8..2.4.3 loss:vrrp_instance.use_vmac

block +mild use_ipvlan
name                flag since:2.2.8..2.4.3
bridge              flag
private             flag
vepa                flag
group               name since:2.2.8..2.4.3

block vrrp_garp_extra_if garp_extra_if
all                 flag

block include_check
read                flag
match               flag
wildcard_match      flag
brace_match         flag

block init_file
overwrite           flag

block vrrp_rx_bufs_policy
MTU                 flag
ADVERT              flag
NO_SEND_RX          flag

block +mild lvs_method sorry_server_lvs_method
type                choice values:ipip,gue,gre =ipip loss:tunnel
port                whole 1..65535 loss:tunnel
nocsum              flag loss:tunnel
csum                flag loss:tunnel
remcsum             flag loss:tunnel
`
