package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
)

// here runs the stage on this machine's own kernel.
func here(ctx context.Context, addrs [2]string) error {
	var listeners [2]net.Listener
	for i, addr := range addrs {
		l, err := net.Listen("tcp", addr)
		if err != nil {
			return err
		}
		defer l.Close()
		listeners[i] = l
	}
	o := &owner{}
	defer o.end()
	s, err := newStage(o, listeners)
	if err != nil {
		return err
	}
	go s.narrate(ctx)
	// The terminal cannot be waited for and given up: this reader ends with us.
	go func() {
		for words := bufio.NewScanner(os.Stdin); words.Scan(); {
			fmt.Println(s.obey(words.Text()))
		}
	}()
	<-ctx.Done()
	return nil
}
