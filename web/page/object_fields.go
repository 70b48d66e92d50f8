package page

import "holdfast/engine/objects"

// basicFields are the fields that a form shows first, in this order; the others stand
// under "more".
var basicFields = map[objects.Kind][]string{
	objects.Router: {"interface", "virtual_router_id", "priority", "virtual_ipaddress", "advert_int", "version", "state", "nopreempt", "preempt_delay",
		"authentication.auth_type", "authentication.auth_pass", "unicast_src_ip", "unicast_peer", "track_interface", "track_script", "track_process",
		"notify_master", "notify_backup", "notify_fault"},
	objects.Group:   {"group", "notify_master", "notify_backup", "notify_fault", "notify"},
	objects.Script:  {"script", "interval", "timeout", "weight", "rise", "fall", "user"},
	objects.Process: {"process", "weight", "quorum", "delay", "terminate_delay"},
	objects.Service: {"protocol", "lvs_method", "lb_kind", "lvs_sched", "lb_algo", "delay_loop", "persistence_timeout", "sorry_server", "quorum", "virtualhost"},
	objects.Server:  {"weight", "inhibit_on_failure", "lvs_method", "notify_up", "notify_down"},
	objects.Global: {"router_id", "enable_script_security", "script_user", "notification_email", "notification_email_from", "smtp_server", "smtp_connect_timeout",
		"vrrp_version", "vrrp_garp_master_delay"},
}

// basicOfChecks are those of checks of all kinds.
var basicOfChecks = []string{"url", "misc_path", "misc_timeout", "connect_ip", "connect_port", "connect_timeout", "retry", "delay_before_retry", "delay_loop", "type", "name", "helo_name"}
