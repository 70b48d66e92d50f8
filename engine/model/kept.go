package model

import (
	"slices"
	"strings"
	"sync"
)

// keptText lists the words of keepalived 2.4.3 that are known but not acted on:
// blocks, a colon, words. A word moves from here to a field's tag when its effect
// is built; the table wins where both have it.
const keptText = `
root: net_namespace net_namespace_ipvs namespace_with_ipsets instance use_pid_dir linkbeat_use_polling child_wait_time
root: include includer includem includew includeb includea
root: vrrp_track_process track_file vrrp_track_file bfd_instance static_ipaddress static_routes static_rules track_group
root: linkbeat_interfaces interface_up_down_delays garp_group virtual_server_group SSL

global_defs: no_checker_emails vrrp_version vrrp_mcast_group6 vrrp_garp_interval vrrp_gna_interval vrrp_min_garp
global_defs: vrrp_garp_extra_if vrrp_vmac_garp_intvl vrrp_down_timer_adverts vrrp_lower_prio_no_advert
global_defs: vrrp_higher_prio_send_advert v3_checksum_as_v2 vrrp_check_unicast_src vrrp_skip_check_adv_addr vrrp_strict
global_defs: vrrp_owner_ignore_adverts vrrp_notify_priority_changes vrrp_startup_delay vrrp_delay_after_boot
global_defs: log_unknown_vrids default_interface dynamic_interfaces vmac_prefix vmac_addr_prefix disable_local_igmp
global_defs: fifo_write_vrrp_states_on_reload nftables nftables_priority nftables_counters nftables_ifindex nftables_ipvs
global_defs: nftables_ipvs_priority nftables_ipvs_start_fwmark vrrp_iptables vrrp_ipsets lvs_sync_daemon lvs_timeouts
global_defs: lvs_flush lvs_flush_on_stop lvs_flush_onstop rs_init_notifies checker_log_all_failures lvs_notify_fifo
global_defs: lvs_notify_fifo_script lvs_netlink_cmd_rcv_bufs lvs_netlink_cmd_rcv_bufs_force
global_defs: lvs_netlink_monitor_rcv_bufs lvs_netlink_monitor_rcv_bufs_force use_symlink_paths set_supplementary_groups
global_defs: notify_fifo notify_fifo_script vrrp_notify_fifo vrrp_notify_fifo_script startup_script shutdown_script
global_defs: startup_script_timeout shutdown_script_timeout max_auto_priority min_auto_priority_delay vrrp_priority
global_defs: checker_priority bfd_priority vrrp_no_swap checker_no_swap bfd_no_swap vrrp_rt_priority checker_rt_priority
global_defs: bfd_rt_priority vrrp_rlimit_rttime checker_rlimit_rttime bfd_rlimit_rttime vrrp_rlimit_rtime
global_defs: checker_rlimit_rtime bfd_rlimit_rtime vrrp_cpu_affinity checker_cpu_affinity bfd_cpu_affinity process_names
global_defs: process_name vrrp_process_name checker_process_name lvs_process_name bfd_process_name umask
global_defs: vrrp_netlink_cmd_rcv_bufs vrrp_netlink_cmd_rcv_bufs_force vrrp_netlink_monitor_rcv_bufs
global_defs: vrrp_netlink_monitor_rcv_bufs_force process_monitor_rcv_bufs process_monitor_rcv_bufs_force
global_defs: vrrp_rx_bufs_policy vrrp_rx_bufs_multiplier reload_check_config reload_time_file reload_repeat reload_file
global_defs: include_check config_save_dir tmp_config_directory data_use_instance state_dump_file stats_dump_file
global_defs: json_dump_file json_version random_seed iproute_usr_dir iproute_etc_dir snmp_socket enable_snmp_vrrp
global_defs: enable_snmp_keepalived enable_snmp_checker enable_snmp_rfc enable_snmp_rfcv2 enable_snmp_rfcv3 enable_traps
global_defs: snmp_vs_stats_update_interval snmp_rs_stats_update_interval enable_dbus dbus_service_name
global_defs: dbus_no_interface_name

garp_group: garp_interval gna_interval interface interfaces
track_group: group
vrrp_track_process: process param_match weight quorum quorum_max fork_delay terminate_delay delay full_command
track_file: file weight init_file
bfd_instance: neighbor_ip neighbour_ip source_ip min_rx min_tx idle_tx multiplier passive ttl hoplimit max_hops multihop
bfd_instance: weight vrrp checker

vrrp_sync_group: track_file track_process track_bfd notify_priority_changes sync_group_tracking_weight global_tracking

vrrp_instance: version virtual_routes virtual_rules no_virtual_ipaddress auth_hmac track_file track_process track_bfd
vrrp_instance: track_src_ip unicast_src_ip unicast_peer unicast_ttl unicast_fault_no_peer check_unicast_src
vrrp_instance: old_unicast_checksum v3_checksum_as_v2 use_vmac vmac_xmit_base use_vmac_addr use_ipvlan vrf native_ipv6
vrrp_instance: accept no_accept promote_secondaries garp_extra_if vmac_garp_intvl timer_expired_backup
vrrp_instance: thread_timer_expired owner_ignore_adverts lower_prio_no_advert higher_prio_send_advert
vrrp_instance: skip_check_adv_addr strict_mode notify_deleted notify_priority_changes debug kernel_rx_buf_size
vrrp_instance: linkbeat_use_polling lvs_sync_daemon_interface
auth_hmac: key active_key anti_replay time_window mode

virtual_server: persistence_engine hashed snmp_name ip_family
real_server: snmp_name UDP_CHECK PING_CHECK BFD_CHECK FILE_CHECK
HTTP_GET SSL_GET TCP_CHECK SMTP_CHECK DNS_CHECK: bind_if log_all_failures
MISC_CHECK: log_all_failures
HTTP_GET SSL_GET: fast_recovery sni_name tls_compliant
HTTP_GET: enable_sni
url: regex_no_match regex_options regex_stack regex_min_offset regex_max_offset tls_compliant
SMTP_CHECK: host
UDP_CHECK: payload require_reply min_reply_length max_reply_length
UDP_CHECK PING_CHECK: connect_ip connect_port bindto bind_if bind_port connect_timeout fwmark
UDP_CHECK PING_CHECK: alpha retry delay_before_retry warmup delay_loop log_all_failures
BFD_CHECK: name
FILE_CHECK: track_file weight
SSL: password ca certificate key
`

// heavyText lists the kept words without which a node does something else than
// its author expects; their finding is a warning.
const heavyText = `unicast_peer use_vmac use_ipvlan auth_hmac version vrrp_version net_namespace net_namespace_ipvs
	UDP_CHECK PING_CHECK BFD_CHECK FILE_CHECK virtual_routes virtual_rules static_ipaddress static_routes static_rules`

// weigh is the severity of a kept word. Version 2 is what is spoken anyway.
func weigh(word, value string) Severity {
	if slices.Contains(strings.Fields(heavyText), word) && value != "2" {
		return Warning
	}
	return Note
}

// goneText lists words that no keepalived of today knows but many files have:
// block, word, and the word that replaces it (- for none).
const goneText = `
virtual_server nat_mask -
virtual_server syn_proxy -
virtual_server laddr_group_name -
virtual_server backup_real_server sorry_server
global_defs lvs_id router_id
vrrp_instance sync_instance vrrp_sync_group
real_server ICMP_CHECK PING_CHECK
url username -
url password -
root static_route static_routes
root real_server_group -
root local_address_group -
`

// readKept gives the known words of every block, readGone the obsolete ones.
var (
	readKept = sync.OnceValue(func() map[string]map[string]bool {
		kept := map[string]map[string]bool{}
		for line := range strings.Lines(keptText) {
			blocks, words, ok := strings.Cut(line, ":")
			if !ok {
				continue
			}
			for _, b := range strings.Fields(blocks) {
				if kept[b] == nil {
					kept[b] = map[string]bool{}
				}
				for _, w := range strings.Fields(words) {
					kept[b][w] = true
				}
			}
		}
		return kept
	})
	readGone = sync.OnceValue(func() map[string]map[string]string {
		gone := map[string]map[string]string{}
		for line := range strings.Lines(goneText) {
			f := strings.Fields(line)
			if len(f) != 3 {
				continue
			}
			if gone[f[0]] == nil {
				gone[f[0]] = map[string]string{}
			}
			gone[f[0]][f[1]] = strings.TrimPrefix(f[2], "-")
		}
		return gone
	})
)

// keptWords are the words of a block that are not acted on, and those that have
// gone out of use with what replaces them.
func keptWords(word string) (map[string]bool, map[string]string) {
	if word == "" {
		word = root
	}
	return readKept()[word], readGone()[word]
}
