// Inguest runs one command as root in a throw-away guest with IPVS:
//
//	go run ./test/inguest [-t LIMIT] [-m MEMORY] [-w FOLDER]... [-v] COMMAND [ARGUMENT]...
//
// The exit code is the command's; 124 after the time limit, 125 when the guest failed.
package main
