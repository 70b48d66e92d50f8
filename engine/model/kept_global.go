package model

// keptGlobal declares the words of global_defs that are not acted on; kept.go says
// how a line reads.
const keptGlobal = `
block global_defs
no_checker_emails                   flag since:2.0.0
vrrp_version                        whole 2..3 =2 heavy since:..1.2.20
vrrp_mcast_group6                   addr multicast =ff02::12 since:1.2.10
vrrp_garp_interval                  secs 0.000001..4294.967295 =0
vrrp_gna_interval                   secs 0.000001..4294.967295 =0
vrrp_min_garp                       bool since:2.0.12
vrrp_garp_extra_if                  every 1..86400 old:vrrp_vmac_garp_intvl mild
vrrp_down_timer_adverts             whole 1..100 =3
vrrp_lower_prio_no_advert           bool
vrrp_higher_prio_send_advert        bool since:..1.3.6
v3_checksum_as_v2                   bool since:2.2.8
vrrp_check_unicast_src              flag since:..1.2.20
vrrp_skip_check_adv_addr            flag
vrrp_strict                         flag since:..1.2.20
vrrp_owner_ignore_adverts           bool since:2.3.3
vrrp_notify_priority_changes        bool
vrrp_startup_delay                  secs 0..4294.967295 =0 since:2.0.14
vrrp_delay_after_boot               secs 0..4294.967295 =0 since:2.3.3..2.4.3
log_unknown_vrids                   flag since:2.0.16
default_interface                   text =eth0 mild since:1.2.24
dynamic_interfaces                  choice? values:allow_if_changes since:..2.0.8
vmac_prefix                         text =vrrp
vmac_addr_prefix                    text
disable_local_igmp                  flag
fifo_write_vrrp_states_on_reload    flag
nftables                            text? =keepalived since:..2.0.11
nftables_priority                   whole -2147483648..2147483647 =-1
nftables_counters                   flag
nftables_ifindex                    flag
nftables_ipvs                       text? =keepalived_ipvs
nftables_ipvs_priority              whole -2147483648..2147483647 =-1
nftables_ipvs_start_fwmark          whole 1..4294967295 =1000
vrrp_iptables                       names? max:2 since:1.2.20
vrrp_ipsets                         names? max:6 since:1.3.0
lvs_sync_daemon                     sync mild since:1.2.20
lvs_timeouts                        timeouts mild since:..2.0.7
lvs_flush                           flag since:1.2.23
lvs_flush_on_stop                   choice? values:VS alias:lvs_flush_onstop since:2.0.15
rs_init_notifies                    flag
checker_log_all_failures            bool since:2.0.11
lvs_notify_fifo                     names max:3 mild
lvs_notify_fifo_script              command mild
lvs_netlink_cmd_rcv_bufs            whole 0..4294967295 mild
lvs_netlink_cmd_rcv_bufs_force      bool
lvs_netlink_monitor_rcv_bufs        whole 0..4294967295 mild
lvs_netlink_monitor_rcv_bufs_force  bool
use_symlink_paths                   bool since:2.3.0..2.4.3
set_supplementary_groups            flag since:2.2.8..2.4.3
notify_fifo                         names max:3 mild since:..1.4.3
notify_fifo_script                  command mild since:..1.3.6
vrrp_notify_fifo                    names max:3 mild
vrrp_notify_fifo_script             command mild
startup_script                      command mild
startup_script_timeout              whole 1..1000 =10 mild
shutdown_script                     command mild
shutdown_script_timeout             whole 1..1000 =10 mild
max_auto_priority                   whole? -1..99 =0 since:2.1.0
min_auto_priority_delay             whole 1..10000000 =1000000 mild
vrrp_priority                       whole -20..19 =0 mild
checker_priority                    whole -20..19 =0 mild
bfd_priority                        whole -20..19 =0 mild
vrrp_no_swap                        flag
checker_no_swap                     flag
bfd_no_swap                         flag
vrrp_rt_priority                    whole 1..99 mild
checker_rt_priority                 whole 1..99 mild
bfd_rt_priority                     whole 1..99 mild
vrrp_rlimit_rttime                  whole 2..4294967295 =10000 alias:vrrp_rlimit_rtime
checker_rlimit_rttime               whole 2..4294967295 =10000 alias:checker_rlimit_rtime
bfd_rlimit_rttime                   whole 2..4294967295 =10000 alias:bfd_rlimit_rtime
vrrp_cpu_affinity                   cpus 0..4294967295 mild since:2.0.17
checker_cpu_affinity                cpus 0..4294967295 mild since:2.0.17
bfd_cpu_affinity                    cpus 0..4294967295 mild since:2.0.17
process_names                       flag
process_name                        text since:..2.0.16
vrrp_process_name                   text
checker_process_name                text alias:lvs_process_name
bfd_process_name                    text
umask                               mode =0177
vrrp_netlink_cmd_rcv_bufs           whole 0..4294967295 mild
vrrp_netlink_cmd_rcv_bufs_force     bool
vrrp_netlink_monitor_rcv_bufs       whole 0..4294967295 mild
vrrp_netlink_monitor_rcv_bufs_force bool
process_monitor_rcv_bufs            whole 0..4294967295 mild
process_monitor_rcv_bufs_force      bool
vrrp_rx_bufs_policy                 policy 0..4294967295 mild since:..2.0.5
vrrp_rx_bufs_multiplier             whole 1..4294967295 =3 mild
reload_check_config                 text?
reload_time_file                    text mild since:2.1.0
reload_repeat                       flag
reload_file                         text?
include_check                       misses?
config_save_dir                     text
tmp_config_directory                text mild
data_use_instance                   bool
state_dump_file                     text since:2.2.8..2.4.3
stats_dump_file                     text since:2.2.8..2.4.3
json_dump_file                      text since:2.2.8..2.4.3
json_version                        whole 1..2 =1 since:2.2.8..2.4.3
random_seed                         whole 0..4294967295
iproute_usr_dir                     text since:2.2.8..2.4.3
iproute_etc_dir                     text since:2.2.8..2.4.3
snmp_socket                         text =unix:/var/agentx/master mild since:..1.2.20
enable_snmp_vrrp                    flag alias:enable_snmp_keepalived
enable_snmp_checker                 flag since:..1.2.20
enable_snmp_rfc                     flag since:..1.2.20
enable_snmp_rfcv2                   flag since:..1.2.20
enable_snmp_rfcv3                   flag since:..1.2.20
enable_traps                        flag since:..1.2.20
snmp_vs_stats_update_interval       secs 0.001..30 =5 since:2.2.8..2.4.3
snmp_rs_stats_update_interval       secs 0.001..30 =5 since:2.2.8..2.4.3
enable_dbus                         flag
dbus_service_name                   text =org.keepalived.Vrrp1 mild
dbus_no_interface_name              text since:2.2.8..2.4.3
`
