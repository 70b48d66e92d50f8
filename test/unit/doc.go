// Package unit starts the shipped unit under a real systemd: as the first process of
// namespaces of its own, in a throw-away guest, whose kernel and files nobody else has.
// Of the machine's units only ours is started.
//
//	guest                         process and mount namespace
//	  test ──── nsenter ────▶       systemd ──▶ holdfast.service ──▶ serve, roles, spawn, web
//	  /usr/sbin/holdfast            /tmp, /run of its own
package unit
