package model

// keptGlobal declares the words of global_defs that are not acted on; kept.go says
// how a line reads.
const keptGlobal = `
block global_defs
no_checker_emails                   flag
vrrp_version                        whole 2..3 =2 heavy
vrrp_mcast_group6                   addr =ff02::12
vrrp_garp_interval                  secs 0.000001..4294.967295 =0
vrrp_gna_interval                   secs 0.000001..4294.967295 =0
vrrp_min_garp                       bool
vrrp_garp_extra_if                  words old:vrrp_vmac_garp_intvl
vrrp_down_timer_adverts             whole 1..100 =3
vrrp_lower_prio_no_advert           bool
vrrp_higher_prio_send_advert        bool
v3_checksum_as_v2                   bool new
vrrp_check_unicast_src              flag
vrrp_skip_check_adv_addr            flag
vrrp_strict                         flag
vrrp_owner_ignore_adverts           bool new
vrrp_notify_priority_changes        bool
vrrp_startup_delay                  secs 0..4294.967295 =0
vrrp_delay_after_boot               secs 0..4294.967295 =0 new
log_unknown_vrids                   flag
default_interface                   text =eth0
dynamic_interfaces                  choice? values:allow_if_changes
vmac_prefix                         text =vrrp
vmac_addr_prefix                    text
disable_local_igmp                  flag
fifo_write_vrrp_states_on_reload    flag
nftables                            text? =keepalived
nftables_priority                   whole -2147483648..2147483647 =-1
nftables_counters                   flag
nftables_ifindex                    flag
nftables_ipvs                       text? =keepalived_ipvs
nftables_ipvs_priority              whole -2147483648..2147483647 =-1
nftables_ipvs_start_fwmark          whole 1..4294967295 =1000
vrrp_iptables                       words?
vrrp_ipsets                         words?
lvs_sync_daemon                     words
lvs_timeouts                        words
lvs_flush                           flag
lvs_flush_on_stop                   choice? values:VS alias:lvs_flush_onstop
rs_init_notifies                    flag
checker_log_all_failures            bool
lvs_notify_fifo                     words
lvs_notify_fifo_script              command
lvs_netlink_cmd_rcv_bufs            whole 0..4294967295
lvs_netlink_cmd_rcv_bufs_force      bool
lvs_netlink_monitor_rcv_bufs        whole 0..4294967295
lvs_netlink_monitor_rcv_bufs_force  bool
use_symlink_paths                   bool new
set_supplementary_groups            flag new
notify_fifo                         words
notify_fifo_script                  command
vrrp_notify_fifo                    words
vrrp_notify_fifo_script             command
startup_script                      command
startup_script_timeout              whole 1..1000 =10
shutdown_script                     command
shutdown_script_timeout             whole 1..1000 =10
max_auto_priority                   whole? -1..99 =0
min_auto_priority_delay             whole 1..10000000 =1000000
vrrp_priority                       whole -20..19 =0
checker_priority                    whole -20..19 =0
bfd_priority                        whole -20..19 =0
vrrp_no_swap                        flag
checker_no_swap                     flag
bfd_no_swap                         flag
vrrp_rt_priority                    whole 1..99
checker_rt_priority                 whole 1..99
bfd_rt_priority                     whole 1..99
vrrp_rlimit_rttime                  whole 2..4294967295 =10000 alias:vrrp_rlimit_rtime
checker_rlimit_rttime               whole 2..4294967295 =10000 alias:checker_rlimit_rtime
bfd_rlimit_rttime                   whole 2..4294967295 =10000 alias:bfd_rlimit_rtime
vrrp_cpu_affinity                   words
checker_cpu_affinity                words
bfd_cpu_affinity                    words
process_names                       flag
process_name                        text
vrrp_process_name                   text
checker_process_name                text alias:lvs_process_name
bfd_process_name                    text
umask                               words =0177
vrrp_netlink_cmd_rcv_bufs           whole 0..4294967295
vrrp_netlink_cmd_rcv_bufs_force     bool
vrrp_netlink_monitor_rcv_bufs       whole 0..4294967295
vrrp_netlink_monitor_rcv_bufs_force bool
process_monitor_rcv_bufs            whole 0..4294967295
process_monitor_rcv_bufs_force      bool
vrrp_rx_bufs_policy                 text
vrrp_rx_bufs_multiplier             whole 1..4294967295 =3
reload_check_config                 text?
reload_time_file                    text
reload_repeat                       flag
reload_file                         text?
include_check                       words?
config_save_dir                     text
tmp_config_directory                text
data_use_instance                   bool
state_dump_file                     text new
stats_dump_file                     text new
json_dump_file                      text new
json_version                        whole 1..2 =1 new
random_seed                         whole 0..4294967295
iproute_usr_dir                     text new
iproute_etc_dir                     text new
snmp_socket                         text =unix:/var/agentx/master
enable_snmp_vrrp                    flag alias:enable_snmp_keepalived
enable_snmp_checker                 flag
enable_snmp_rfc                     flag
enable_snmp_rfcv2                   flag
enable_snmp_rfcv3                   flag
enable_traps                        flag
snmp_vs_stats_update_interval       secs 0.001..30 =5 new
snmp_rs_stats_update_interval       secs 0.001..30 =5 new
enable_dbus                         flag
dbus_service_name                   text =org.keepalived.Vrrp1
dbus_no_interface_name              text new
`
