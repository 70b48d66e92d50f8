package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"

	"github.com/hashicorp/yamux"
)

// within is the half in the guest: the stage, and the line's other end.
func within(ctx context.Context, addrs [2]string) error {
	line, err := os.OpenFile("/dev/ttyS0", os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer line.Close()
	var listeners [2]net.Listener
	for i, addr := range addrs {
		if listeners[i], err = net.Listen("tcp", addr); err != nil {
			return err
		}
		defer listeners[i].Close()
	}
	o := &owner{}
	defer o.end()
	s, err := newStage(o, listeners)
	if err != nil {
		return err
	}
	if _, err := line.Write([]byte{awake}); err != nil {
		return err
	}
	mux, err := yamux.Server(line, settings())
	if err != nil {
		return err
	}
	ctx, end := context.WithCancel(ctx)
	defer end()
	go s.narrate(ctx)
	go func() {
		defer end()
		for {
			stream, err := mux.Accept()
			if err != nil || !serve(s, stream, addrs) {
				return
			}
		}
	}()
	<-ctx.Done()
	return nil
}

// serve takes one stream where it wants to go; false means it was the goodbye.
func serve(s *stage, stream net.Conn, addrs [2]string) bool {
	kind := make([]byte, 1)
	if _, err := stream.Read(kind); err != nil {
		stream.Close()
		return true
	}
	switch kind[0] {
	case goodbye:
		return false
	case toStage:
		go func() {
			for words := bufio.NewScanner(stream); words.Scan(); {
				fmt.Fprintln(stream, s.obey(words.Text()))
			}
		}()
		return true
	}
	conn, err := net.Dial("tcp", addrs[kind[0]-toFirst])
	if err != nil {
		stream.Close()
		return true
	}
	go join(conn, stream)
	return true
}
