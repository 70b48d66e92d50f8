package model

// keptRoot declares what stands outside all blocks and is not acted on, and the
// blocks that begin there. Blocks that others name come first.
const keptRoot = `
block root
net_namespace            text heavy mild since:1.2.24
net_namespace_ipvs       text heavy mild since:1.2.24..2.2.7 lvs
namespace_with_ipsets    flag since:1.3.0 loss:firewall
instance                 text mild since:1.2.24
use_pid_dir              flag since:1.2.24
child_wait_time          whole 0..4294967295 =5
include                  text many loss:include
includer                 text many loss:include
includem                 text many loss:include
includew                 text many loss:include
includeb                 text many loss:include
includea                 text many loss:include
virtual_server_group     members name many acted since:1.0.2 lvs
SSL                      block anew acted lvs

block SSL
password                 text mild secret acted lax
ca                       text mild acted lax
certificate              text mild acted lax
key                      text mild acted lax
`

// keptVRRP declares the words of instances and sync groups that are not acted on.
const keptVRRP = `
block vrrp_sync_group

block vrrp_instance
no_virtual_ipaddress       flag acted since:2.2.8
track_src_ip               flag acted
use_ipvlan                 ipvlan? heavy since:2.0.17
vrf                        text
timer_expired_backup       whole? 1..254 =254 since:2.2.8..2.3.3
debug                      whole 0..4 =0 since:..1.2.8
kernel_rx_buf_size         whole 0..4294967295 mild since:2.0.3..2.2.7 loss:rx_bufs
lvs_sync_daemon_interface  text acted old moved since:0.5.5..1.2.8
native_ipv6                flag old since:1.2.1
linkbeat_use_polling       flag acted old since:2.0.0
`

// keptLVS declares the words of virtual servers, real servers and their checks
// that are not acted on.
const keptLVS = `
block virtual_server
hashed             flag acted lax
snmp_name          text mild loss:snmp

block real_server
snmp_name          text mild loss:snmp

block PING_CHECK
connect_port       whole 1..65535 mild loss:echo-port
bind_port          whole 1..65535 mild loss:echo-port

block HTTP_GET SSL_GET
fast_recovery      bool acted lax since:2.0.17
tls_compliant      flag acted lax since:2.2.8..2.3.3

block HTTP_GET
enable_sni         flag
sni_name           text since:unreleased loss:check.enable_sni

block url
regex_stack        names max:2 mild acted lax since:2.0.7..2.2.7
tls_compliant      flag acted lax since:2.2.8..2.3.3
`

// keptGlobal declares the words of global_defs that are not acted on; kept.go
// says how a line reads.
const keptGlobal = `
block global_defs
no_checker_emails                   flag acted lax since:2.0.0 lvs
dynamic_interfaces                  choice? values:allow_if_changes acted lax since:..2.0.8
disable_local_igmp                  flag
nftables                            text? =holdfast first acted since:2.0.11
vrrp_iptables                       names? max:2 since:1.2.20 loss:firewall
vrrp_ipsets                         names? max:6 unbuilt since:1.3.0 loss:firewall
nftables_priority                   whole -2147483648..2147483647 =-1 acted since:2.0.11
nftables_counters                   flag acted since:2.0.11..2.2.7
nftables_ifindex                    flag since:2.0.11..2.2.7 loss:ifindex
nftables_ipvs                       text? =keepalived_ipvs first since:2.0.11..2.2.7 loss:nftables_ipvs lvs
nftables_ipvs_priority              whole -2147483648..2147483647 =-1 since:2.0.11..2.2.7 loss:nftables_ipvs lvs
nftables_ipvs_start_fwmark          whole 1..4294967295 =1000 since:2.0.11..2.2.7 loss:nftables_ipvs lvs
lvs_netlink_cmd_rcv_bufs            whole 0..4294967295 mild loss:netlink_rcv_bufs lvs
lvs_netlink_cmd_rcv_bufs_force      bool loss:netlink_rcv_bufs lvs
lvs_netlink_monitor_rcv_bufs        whole 0..4294967295 mild loss:netlink_rcv_bufs lvs
lvs_netlink_monitor_rcv_bufs_force  bool loss:netlink_rcv_bufs lvs
use_symlink_paths                   bool since:2.3.0..2.3.3
set_supplementary_groups            flag since:unreleased
max_auto_priority                   whole? -1..99 =0 acted lax since:2.1.0
min_auto_priority_delay             whole 1..10000000 =1000000 mild acted lax since:2.1.0..2.2.7
vrrp_priority                       whole -20..19 =0 mild since:1.2.20 loss:nice
checker_priority                    whole -20..19 =0 mild since:1.2.20 loss:nice lvs
bfd_priority                        whole -20..19 =0 mild loss:nice
vrrp_no_swap                        flag acted since:1.2.20
checker_no_swap                     flag since:1.2.20 lvs
bfd_no_swap                         flag acted
vrrp_rt_priority                    whole 1..99 top mild loss:rt_priority
checker_rt_priority                 whole 1..99 top mild loss:rt_priority lvs
bfd_rt_priority                     whole 1..99 top mild loss:rt_priority
vrrp_rlimit_rttime                  whole 2..4294967295 =10000 alias:vrrp_rlimit_rtime loss:rlimit_rttime
checker_rlimit_rttime               whole 2..4294967295 =10000 alias:checker_rlimit_rtime loss:rlimit_rttime lvs
bfd_rlimit_rttime                   whole 2..4294967295 =10000 alias:bfd_rlimit_rtime loss:rlimit_rttime
vrrp_cpu_affinity                   cpus 0..4294967295 mild since:2.0.17 loss:cpu_affinity
checker_cpu_affinity                cpus 0..4294967295 mild since:2.0.17 loss:cpu_affinity lvs
bfd_cpu_affinity                    cpus 0..4294967295 mild since:2.0.17 loss:cpu_affinity
process_names                       flag since:2.0.16..2.2.7 loss:process_name
process_name                        text since:2.0.16 loss:process_name
vrrp_process_name                   text since:2.0.16 loss:process_name
checker_process_name                text alias:lvs_process_name since:2.0.16..2.2.7 loss:process_name lvs
bfd_process_name                    text since:2.0.16 loss:process_name
umask                               mode =0177 since:2.0.9
vrrp_netlink_cmd_rcv_bufs           whole 0..4294967295 mild loss:netlink_rcv_bufs
vrrp_netlink_cmd_rcv_bufs_force     bool loss:netlink_rcv_bufs
vrrp_netlink_monitor_rcv_bufs       whole 0..4294967295 mild loss:netlink_rcv_bufs
vrrp_netlink_monitor_rcv_bufs_force bool loss:netlink_rcv_bufs
process_monitor_rcv_bufs            whole 0..4294967295 mild loss:process_monitor_rcv_bufs
process_monitor_rcv_bufs_force      bool loss:process_monitor_rcv_bufs
vrrp_rx_bufs_policy                 policy 0..4294967295 mild since:2.0.3 loss:rx_bufs
vrrp_rx_bufs_multiplier             whole 1..4294967295 =3 mild since:2.0.3 loss:rx_bufs
reload_check_config                 text?
reload_time_file                    text mild since:2.1.0 loss:reload_time
reload_repeat                       flag since:2.1.0..2.2.7 loss:reload_time
reload_file                         text?
include_check                       misses? loss:include_check
config_save_dir                     text
tmp_config_directory                text mild
data_use_instance                   bool loss:dump
state_dump_file                     text since:2.2.8..2.3.3 loss:dump
stats_dump_file                     text since:2.2.8..2.3.3 loss:dump
json_dump_file                      text since:2.2.8..2.3.3 loss:dump
json_version                        whole 1..2 =1 since:2.2.8..2.3.3 loss:dump
random_seed                         whole 0..4294967295 since:2.0.15..2.2.7
iproute_usr_dir                     text since:2.2.8..2.3.3 loss:iproute
iproute_etc_dir                     text since:2.2.8..2.3.3 loss:iproute
snmp_socket                         text =unix:/var/agentx/master mild since:..1.2.20 loss:snmp
enable_snmp_vrrp                    flag alias:enable_snmp_keepalived since:enable_snmp_keepalived=1.2.20 loss:snmp
enable_snmp_checker                 flag since:1.2.20 loss:snmp lvs
enable_snmp_rfc                     flag since:1.2.20 loss:snmp
enable_snmp_rfcv2                   flag since:1.2.20 loss:snmp
enable_snmp_rfcv3                   flag since:1.2.20 loss:snmp
enable_traps                        flag since:1.2.20
snmp_vs_stats_update_interval       secs 0.001..30 =5 since:2.2.8..2.3.3 loss:snmp lvs
snmp_rs_stats_update_interval       secs 0.001..30 =5 since:2.2.8..2.3.3 loss:snmp lvs
enable_dbus                         flag since:1.3.0..2.2.7 loss:dbus
dbus_service_name                   text =org.keepalived.Vrrp1 mild since:1.3.7 loss:dbus
dbus_no_interface_name              text since:2.2.8..2.3.3 loss:dbus
`
