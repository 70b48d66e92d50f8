package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"holdfast/test/guest"
)

func main() {
	inside := flag.Bool("inside", false, "this is the half inside the guest")
	always := flag.Bool("guest", false, "use a guest though the kernel has IPVS")
	first := flag.String("listen", "127.0.0.1:8080", "where node1's console is")
	second := flag.String("listen2", "127.0.0.1:8081", "where node2's console is")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	run := outside
	_, err := os.Stat("/proc/net/ip_vs")
	switch {
	case *inside:
		run = within
	case err == nil && !*always:
		run = here
	}
	err = run(ctx, [2]string{*first, *second})
	switch {
	case errors.Is(err, guest.ErrNoKernel):
		fmt.Fprintln(os.Stderr, "demo: this kernel has no ip_vs, and", err)
	case err != nil && ctx.Err() == nil:
		fmt.Fprintln(os.Stderr, "demo:", err)
	default:
		if !*inside {
			fmt.Println("demo: everything is taken away again")
		}
		return
	}
	os.Exit(1)
}
