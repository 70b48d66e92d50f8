package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"holdfast/test/guest"
)

func main() {
	opt := guest.Options{Stdout: os.Stdout, Stderr: os.Stderr}
	flag.DurationVar(&opt.Limit, "t", 5*time.Minute, "time limit")
	flag.StringVar(&opt.Memory, "m", "1G", "memory")
	flag.StringVar(&opt.CPU, "p", "", "CPU to stay on")
	flag.BoolVar(&opt.Verbose, "v", false, "show the guest kernel's messages")
	flag.Func("w", "folder that the guest may write; may be given again", func(dir string) error {
		opt.Write = append(opt.Write, dir)
		return nil
	})
	flag.Func("e", "NAME=VALUE for the command; may be given again", func(v string) error {
		opt.Env = append(opt.Env, v)
		return nil
	})
	flag.Parse()
	if flag.NArg() == 0 {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code, err := guest.Run(ctx, opt, flag.Args()...)
	stop()
	switch {
	case errors.Is(err, guest.ErrLimit):
		fmt.Fprintln(os.Stderr, "inguest:", err)
		os.Exit(124)
	case err != nil:
		fmt.Fprintln(os.Stderr, "inguest:", err)
		os.Exit(125)
	}
	os.Exit(code)
}
