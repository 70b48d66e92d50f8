/*
 * Stands before libnl-genl in keepalived: a kernel that has IPVS, takes every
 * service and tells of none. Without it the checkers' process ends on a kernel
 * that lacks ip_vs, and cannot show the values it has read.
 */
#include <stddef.h>

struct nl_sock;
struct nl_msg;
typedef int (*callback)(struct nl_msg *, void *);

enum { FINISH = 1, ACK = 4, KINDS = 16 };

static struct {
	callback call;
	void *arg;
} told[KINDS];

int genl_connect(struct nl_sock *s)
{
	(void)s;
	return 0;
}

int genl_ctrl_resolve(struct nl_sock *s, const char *name)
{
	(void)s;
	(void)name;
	return 30; /* any number of a family will do */
}

int nl_socket_modify_cb(struct nl_sock *s, int kind, int set, callback call, void *arg)
{
	(void)s;
	(void)set;
	told[kind % KINDS].call = call;
	told[kind % KINDS].arg = arg;
	return 0;
}

int nl_send_auto(struct nl_sock *s, struct nl_msg *m)
{
	(void)s;
	(void)m;
	return 1;
}

int nl_recvmsgs_default(struct nl_sock *s)
{
	(void)s;
	if (told[FINISH].call)
		told[FINISH].call(NULL, told[FINISH].arg);
	if (told[ACK].call)
		told[ACK].call(NULL, told[ACK].arg);
	return 0;
}
