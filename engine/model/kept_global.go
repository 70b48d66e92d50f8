package model

// keptGlobal declares the words of global_defs that are not acted on; kept.go says
// how a line reads.
const keptGlobal = `
block global_defs
no_checker_emails                   flag since:2.0.0 lvs
vrrp_version                        whole 2..3 =2 heavy since:1.2.20 loss:vrrp_version
vrrp_mcast_group6                   addr multicast =ff02::12 since:1.2.10
vrrp_garp_interval                  secs 0.000001..4294.967295 =0 since:1.2.21 loss:garp-pace
vrrp_gna_interval                   secs 0.000001..4294.967295 =0 since:1.2.21 loss:garp-pace
vrrp_min_garp                       bool since:2.0.12
vrrp_garp_extra_if                  every 1..86400 old:vrrp_vmac_garp_intvl mild loss:garp_extra_if
vrrp_down_timer_adverts             whole 1..100 =3
vrrp_lower_prio_no_advert           bool loss:lower_prio_no_advert
vrrp_higher_prio_send_advert        bool since:1.3.5..1.3.6 loss:higher_prio_send_advert
v3_checksum_as_v2                   bool since:2.2.8 loss:v3_checksum_as_v2
vrrp_check_unicast_src              flag since:..1.2.20 loss:unicast
vrrp_skip_check_adv_addr            flag since:1.2.20 loss:skip_check_adv_addr
vrrp_strict                         flag since:1.2.20 loss:strict
vrrp_owner_ignore_adverts           bool since:2.3.3 loss:owner_ignore_adverts
vrrp_notify_priority_changes        bool since:2.0.16..2.2.7 loss:notify_priority_changes
vrrp_startup_delay                  secs 0..4294.967295 =0 since:2.0.14
vrrp_delay_after_boot               secs 0..4294.967295 =0 since:2.4.0
log_unknown_vrids                   flag since:2.0.16
default_interface                   text =eth0 mild since:1.2.24 loss:root.static_ipaddress
dynamic_interfaces                  choice? values:allow_if_changes since:..2.0.8
vmac_prefix                         text =vrrp loss:vmac-names
vmac_addr_prefix                    text loss:vmac-names
disable_local_igmp                  flag
fifo_write_vrrp_states_on_reload    flag
nftables                            text? =keepalived since:2.0.11 loss:firewall
nftables_priority                   whole -2147483648..2147483647 =-1 since:2.0.11 loss:firewall
nftables_counters                   flag since:2.0.11..2.2.7 loss:firewall
nftables_ifindex                    flag since:2.0.11..2.2.7 loss:firewall
nftables_ipvs                       text? =keepalived_ipvs since:2.0.11..2.2.7 loss:nftables_ipvs lvs
nftables_ipvs_priority              whole -2147483648..2147483647 =-1 since:2.0.11..2.2.7 loss:nftables_ipvs lvs
nftables_ipvs_start_fwmark          whole 1..4294967295 =1000 since:2.0.11..2.2.7 loss:nftables_ipvs lvs
vrrp_iptables                       names? max:2 since:1.2.20 loss:firewall
vrrp_ipsets                         names? max:6 since:1.3.0 loss:firewall
lvs_sync_daemon                     sync mild since:1.2.20 loss:lvs_sync_daemon lvs
lvs_timeouts                        timeouts mild since:..2.0.7 loss:lvs_timeouts lvs
lvs_flush                           flag since:1.2.23 lvs
lvs_flush_on_stop                   choice? values:VS alias:lvs_flush_onstop since:2.0.15 since:lvs_flush_onstop=2.0.15 lvs
rs_init_notifies                    flag lvs
checker_log_all_failures            bool since:2.0.11 loss:check.log_all_failures lvs
lvs_notify_fifo                     names max:3 mild since:1.3.6 loss:fifo lvs
lvs_notify_fifo_script              command mild since:1.3.6 loss:fifo lvs
lvs_netlink_cmd_rcv_bufs            whole 0..4294967295 mild loss:netlink_rcv_bufs lvs
lvs_netlink_cmd_rcv_bufs_force      bool loss:netlink_rcv_bufs lvs
lvs_netlink_monitor_rcv_bufs        whole 0..4294967295 mild loss:netlink_rcv_bufs lvs
lvs_netlink_monitor_rcv_bufs_force  bool loss:netlink_rcv_bufs lvs
use_symlink_paths                   bool since:2.3.0..2.3.3
set_supplementary_groups            flag since:2.4.0..2.4.3
notify_fifo                         names max:3 mild since:1.3.6 loss:fifo
notify_fifo_script                  command mild since:1.3.6 loss:fifo
vrrp_notify_fifo                    names max:3 mild since:1.3.6 loss:fifo
vrrp_notify_fifo_script             command mild since:1.3.6 loss:fifo
startup_script                      command mild loss:startup_script
startup_script_timeout              whole 1..1000 =10 mild loss:startup_script
shutdown_script                     command mild loss:shutdown_script
shutdown_script_timeout             whole 1..1000 =10 mild loss:shutdown_script
max_auto_priority                   whole? -1..99 =0 since:2.1.0 loss:auto_priority
min_auto_priority_delay             whole 1..10000000 =1000000 mild since:2.1.0..2.2.7 loss:auto_priority
vrrp_priority                       whole -20..19 =0 mild since:1.2.20 loss:nice
checker_priority                    whole -20..19 =0 mild since:1.2.20 loss:nice lvs
bfd_priority                        whole -20..19 =0 mild loss:nice
vrrp_no_swap                        flag since:1.2.20 loss:no_swap
checker_no_swap                     flag since:1.2.20 loss:no_swap lvs
bfd_no_swap                         flag loss:no_swap
vrrp_rt_priority                    whole 1..99 mild loss:rt_priority
checker_rt_priority                 whole 1..99 mild loss:rt_priority lvs
bfd_rt_priority                     whole 1..99 mild loss:rt_priority
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
