// Package kit makes the script that readies a real server for direct routing or
// tunnels: the addresses of the service on lo, silent on ARP there, and for tunnels
// the device that unwraps packets. It is pure: facts in, text out. A script changes
// nothing that it cannot put back: what was there before is kept on the real server.
package kit
