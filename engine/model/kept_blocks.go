package model

// keptRoot declares what stands outside all blocks and is not acted on, and the
// blocks that begin there. Blocks that others name come first.
const keptRoot = `
block root
net_namespace            text heavy
net_namespace_ipvs       text heavy
namespace_with_ipsets    flag
instance                 text
use_pid_dir              flag
linkbeat_use_polling     flag
child_wait_time          whole 1..4294967295 =5
include                  text many
includer                 text many
includem                 text many
includew                 text many
includeb                 text many
includea                 text many
linkbeat_interfaces      lines
interface_up_down_delays lines
garp_group               block many
vrrp_track_process       block name many
track_file               block name many old:vrrp_track_file
bfd_instance             block name many
track_group              block name many
static_ipaddress         addresses heavy
static_routes            routes heavy
static_rules             rules heavy
virtual_server_group     lines name many
SSL                      block

block garp_group
garp_interval            secs 0.000001..4294.967295
gna_interval             secs 0.000001..4294.967295
interface                text many
interfaces               lines

block track_group
group                    lines

block vrrp_track_process
process                  words
param_match              choice values:initial,partial
weight                   weight -254..254 =0
quorum                   whole 1..65535 =1
quorum_max               whole 0..65535
fork_delay               secs 0.000001..3600 =0
terminate_delay          secs 0.000001..3600 =0
delay                    secs 0.000001..3600
full_command             flag

block track_file
file                     text
weight                   weight -2147483647..2147483647 =1
init_file                words?

block bfd_instance
neighbor_ip              addr alias:neighbour_ip
source_ip                addr
min_rx                   secs 0.001..4294967 =10
min_tx                   secs 0.001..4294967 =10
idle_tx                  secs 0.001..4294967 =1000
multiplier               whole 1..255 =5
passive                  flag
ttl                      whole 1..255 =255 alias:hoplimit
max_hops                 whole 0..255 =0
multihop                 bool new
weight                   weight -253..253 =0
vrrp                     flag
checker                  flag

block SSL
password                 text
ca                       text
certificate              text
key                      text
`

// keptVRRP declares the words of instances and sync groups that are not acted on.
const keptVRRP = `
block vrrp_sync_group
track_file                 tracks -254..254
track_process              tracks -254..254
track_bfd                  tracks -253..253
notify_priority_changes    bool
sync_group_tracking_weight flag
global_tracking            flag old

block vrrp_instance
version                    whole 2..3 heavy
virtual_routes             routes heavy
virtual_rules              rules heavy
no_virtual_ipaddress       flag new
auth_hmac                  block heavy new
track_file                 tracks -254..254 old:vrrp_track_file
track_process              tracks -254..254
track_bfd                  tracks -253..253
track_src_ip               flag
unicast_src_ip             addr
unicast_peer               peers heavy
unicast_ttl                whole 0..255 =255
unicast_fault_no_peer      flag
check_unicast_src          flag
old_unicast_checksum       choice? values:never
v3_checksum_as_v2          bool new
use_vmac                   words? heavy
vmac_xmit_base             flag
use_vmac_addr              flag
use_ipvlan                 words? heavy
vrf                        text
accept                     flag
no_accept                  flag
promote_secondaries        flag
garp_extra_if              words old:vmac_garp_intvl
timer_expired_backup       whole? 1..254 =254 new
owner_ignore_adverts       bool new
lower_prio_no_advert       bool
higher_prio_send_advert    bool
skip_check_adv_addr        bool
strict_mode                bool
notify_deleted             command?
notify_priority_changes    bool
debug                      whole 0..4 =0
kernel_rx_buf_size         whole 0..4294967295
lvs_sync_daemon_interface  text old
native_ipv6                flag old
linkbeat_use_polling       flag old

block auth_hmac
key                        words many
active_key                 whole 1..255
anti_replay                choice values:time,monotonic =time
time_window                whole 1..300
mode                       choice values:enforce,permissive,receive-only =enforce
`

// keptLVS declares the words of virtual servers, real servers and their checks
// that are not acted on.
const keptLVS = `
block virtual_server
persistence_engine text
hashed             flag
snmp_name          text
ip_family          choice values:inet,inet6 =inet

block real_server
snmp_name          text
UDP_CHECK          block many heavy
PING_CHECK         block many heavy
BFD_CHECK          block many heavy
FILE_CHECK         block many heavy

block HTTP_GET SSL_GET TCP_CHECK SMTP_CHECK DNS_CHECK UDP_CHECK PING_CHECK
bind_if            text

block HTTP_GET SSL_GET TCP_CHECK SMTP_CHECK DNS_CHECK UDP_CHECK PING_CHECK MISC_CHECK
log_all_failures   bool

block HTTP_GET SSL_GET
fast_recovery      bool new
sni_name           text new
tls_compliant      flag new

block HTTP_GET
enable_sni         flag

block url
regex_no_match     flag
regex_options      words
regex_stack        words
regex_min_offset   whole 0..4294967295
regex_max_offset   whole 0..4294967295
tls_compliant      flag new

block SMTP_CHECK
host               block many old

block host
connect_ip         addr
connect_port       whole 1..65535
bindto             addr
bind_if            text
bind_port          whole 1..65535
fwmark             whole 0..4294967295

block UDP_CHECK
payload            words
require_reply      words?
min_reply_length   whole 0..65535 =0
max_reply_length   whole 0..65535 =255

block UDP_CHECK PING_CHECK
connect_ip         addr
connect_port       whole 1..65535
bindto             addr
bind_port          whole 1..65535
connect_timeout    secs 0.000001..4294 =5
fwmark             whole 0..4294967295
alpha              bool
retry              whole 0..4294967295 =1
delay_before_retry secs 0..4294 =1
warmup             secs 0..4294
delay_loop         secs 0.000001..4294

block BFD_CHECK
name               text

block FILE_CHECK
track_file         text
weight             weight -2147483647..2147483647
`
