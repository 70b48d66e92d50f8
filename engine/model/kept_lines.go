package model

// keptLines declares the words inside of statements that stand on one line: an
// address, a route, a rule, a track, an argument of several words. Their block is
// the word of the statement; kept.go says how a line reads.
const keptLines = `
block +mild virtual_ipaddress virtual_ipaddress_excluded
dev                 interface acted since:..1.2.8
label               text acted
brd                 broadcast acted alias:broadcast since:..1.2.8
scope               scope acted since:1.0.3
no_track            flag acted since:2.0.0
use_vmac            flag acted

block +mild static_ipaddress
dev                 interface acted since:..1.2.8
label               text acted
brd                 broadcast acted alias:broadcast since:..1.2.8
scope               scope acted since:..1.2.8
track_group         text acted since:2.0.3
no_track            flag acted since:2.0.3

block +mild virtual_ipaddress virtual_ipaddress_excluded static_ipaddress
peer                prefix acted
preferred_lft       lifetime acted since:2.0.20
home                flag acted since:1.3.6
-nodad              flag acted since:1.3.6
mngtmpaddr          flag acted since:1.3.6
noprefixroute       flag acted since:1.3.6
autojoin            flag acted since:1.3.6

block virtual_routes static_routes
unicast             flag acted since:..1.2.24
local               flag acted since:..1.2.24
broadcast           flag acted since:..1.2.24
multicast           flag acted since:..1.2.24
throw               flag acted since:..1.2.24
unreachable         flag acted since:..1.2.24
prohibit            flag acted since:..1.2.24
blackhole           flag acted since:1.1.16
nat                 flag acted since:..1.2.24
to                  prefix acted since:..1.2.8
inet                flag acted since:2.0.8
inet6               flag acted since:2.0.8
via                 gateway acted old:gw since:..1.2.8
or                  gateway acted old moved since:1.1.16
nexthop             flag acted since:..1.2.24
dev                 interface acted alias:oif since:..1.2.8
src                 addr acted since:..1.2.8
table               table acted since:..1.2.8
protocol            protocol acted since:..1.2.24
scope               scope acted since:1.0.3
metric              whole 0..4294967295 acted alias:priority,preference since:1.1.15
tos                 octet acted alias:dsfield since:..1.2.24
mtu                 metric 0..4294967295 acted since:..1.2.24
hoplimit            metric 0..255 acted since:..1.2.24
advmss              metric 0..4294967295 acted since:..1.2.24
rtt                 time acted since:..1.2.24
rttvar              time acted since:..1.2.24
reordering          metric 0..4294967295 acted since:..1.2.24
window              whole 0..4294967295 acted since:..1.2.24
cwnd                metric 0..4294967295 acted since:..1.2.24
ssthresh            metric 0..4294967295 acted since:..1.2.24
realms              realms acted since:..1.2.24
rto_min             time acted since:..1.2.24
initcwnd            whole 0..4294967295 acted since:..1.2.24
initrwnd            whole 0..4294967295 acted since:..1.2.24
quickack            whole 0..1 acted since:..1.2.24
congctl             control acted since:..1.2.24
pref                choice acted values:low,medium,high since:..1.2.24
fastopen_no_cookie  whole 0..1 acted since:1.4.3
ttl-propagate       choice acted values:enabled,disabled since:2.0.8
expires             whole 0..4294967295 acted since:..1.2.24
features            choice acted values:ecn since:..1.2.24
encap               encap values:mpls,ip,ip6,ila since:..1.2.24
as                  target
onlink              flag acted since:..1.2.24
weight              whole 1..256 acted since:..1.2.24
add                 flag acted
prepend             flag acted
append              flag acted
vrf                 name

block virtual_rules static_rules
not                 flag acted since:1.2.20..1.2.24
from                prefix acted since:1.2.20..1.2.24
to                  prefix acted since:1.2.20..1.2.24
iif                 interface acted alias:dev since:1.2.20..1.2.24
oif                 interface acted since:1.2.20..1.2.24
tos                 octet acted alias:dsfield since:1.2.20..1.2.24
fwmark              mark acted since:1.2.20..1.2.24
preference          octal 0..4294967295 acted alias:priority,order since:1.2.20..1.2.24
table               table acted alias:lookup since:1.2.20..1.2.24
nop                 flag acted since:1.2.20..1.2.24
goto                whole 0..4294967295 acted since:1.2.20..1.2.24
blackhole           flag acted since:1.2.20..1.2.24
unreachable         flag acted since:1.2.20..1.2.24
prohibit            flag acted since:1.2.20..1.2.24
type                choice acted values:unreachable,blackhole,prohibit,nop since:1.2.20..1.2.24
realms              realms acted since:1.2.20..1.2.24
protocol            whole 0..255 acted since:2.0.1
suppress_prefixlength whole 0..128 acted alias:sup_pl since:1.2.20..1.2.24
suppress_ifgroup    group acted alias:sup_group since:1.2.20..1.2.24
tunnel-id           octal 0..18446744073709551615 acted since:1.2.24
tun_id              whole 0..4294967295 acted since:2.4.0..2.4.3
l3mdev              flag acted since:1.4.3
uidrange            span 0..4294967295 acted since:1.3.5
ipproto             ipproto acted since:2.0.1
ip_proto            ipproto acted since:2.4.0..2.4.3
sport               span 0..65535 acted since:2.0.1
dport               span 0..65535 acted since:2.0.1
inet                flag acted since:2.0.8
inet6               flag acted since:2.0.8

block virtual_routes
no_track            flag acted since:2.0.1

block virtual_rules
no_track            flag acted since:2.0.2..2.2.7

block static_routes static_rules
track_group         text acted since:2.0.3
no_track            flag acted since:2.0.3

block +mild track_interface track_script
weight              whole -253..253 acted since:1.1.13
reverse             flag acted since:2.0.18

block +mild track_interface
noreverse           flag acted since:2.4.0..2.4.3

block +mild track_script
noreverse           flag acted since:2.0.18..2.2.7

block +mild track_process
weight              whole -254..254 acted since:2.0.11
reverse             flag acted since:2.0.18
noreverse           flag acted since:2.0.18..2.2.7

block +mild track_bfd
weight              whole -253..253 acted
reverse             flag acted since:2.0.18
noreverse           flag acted since:2.0.18..2.2.7

block +mild weight
reverse             flag acted since:2.0.18
noreverse           flag acted since:2.4.0..2.4.3

block +mild unicast_peer
min_ttl             whole 0..255 acted
max_ttl             whole 0..255 acted

block +acted +lax virtual_server_group
fwmark              whole 0..4294967295 since:1.0.2
inet                flag
inet6               flag

block +mild +acted +lax linkbeat_interfaces
MII                 flag since:2.0.13
ETHTOOL             flag since:2.0.13
IOCTL               flag since:2.0.13

block +acted +lax lvs_sync_daemon
inst                text

block +mild +acted +lax lvs_sync_daemon
id                  whole 0..255 since:1.2.20
maxlen              whole 1..65507 since:1.2.24
port                whole 1..65535 =8848 since:1.2.24
ttl                 whole 1..255 =1 since:1.2.24
group               addr multicast =224.0.0.81 since:1.2.24

block +mild +acted +lax lvs_timeouts
tcp                 whole 0..2678400
tcpfin              whole 0..2678400
udp                 whole 0..2678400

block +mild use_vmac
name                flag acted since:2.2.8..2.3.3
netlink_notify_msg  flag since:2.2.8..2.3.3
group               name since:2.2.8..2.3.3

block +mild use_ipvlan
name                flag since:2.2.8..2.3.3
bridge              flag since:2.0.17..2.2.7
private             flag since:2.0.17..2.2.7
vepa                flag since:2.0.17..2.2.7
group               name since:2.2.8..2.3.3

block +mild vrrp_garp_extra_if garp_extra_if
all                 flag acted

block include_check
read                flag
match               flag
wildcard_match      flag
brace_match         flag

block init_file
overwrite           flag acted

block vrrp_rx_bufs_policy
MTU                 flag since:2.0.3..2.2.7
ADVERT              flag since:2.0.3..2.2.7
NO_SEND_RX          flag since:2.0.3

block +mild +acted +lax lvs_method sorry_server_lvs_method
type                choice values:ipip,gue,gre =ipip since:2.0.18
port                whole 1..65535 since:2.0.18
nocsum              flag since:2.0.18
csum                flag since:2.0.18
remcsum             flag since:2.0.18
`
