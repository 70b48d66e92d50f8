package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"time"

	"github.com/hashicorp/yamux"

	"holdfast/test/guest"
	"holdfast/test/lab"
)

// What a connection over the line is for: its first byte.
const (
	toFirst  = '1' // node1's console
	toSecond = '2' // node2's console
	toStage  = 's' // words of the terminal
	goodbye  = 'q' // take everything away
)

// awake is what the guest says on the line before anybody may speak to it.
const awake = '!'

// patience is how long the guest may take to clean up before it is ended.
const patience = 15 * time.Second

// outside runs a guest with the stage in it, and carries connections to it.
func outside(ctx context.Context, addrs [2]string) error {
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	ours, theirs := os.NewFile(uintptr(pair[0]), "line"), os.NewFile(uintptr(pair[1]), "line")
	line, err := net.FileConn(ours)
	ours.Close()
	if err != nil {
		return err
	}
	defer line.Close()
	self, err := os.Executable()
	if err != nil {
		return err
	}
	var listeners [2]net.Listener
	for i, addr := range addrs {
		if listeners[i], err = net.Listen("tcp", addr); err != nil {
			return err
		}
		defer listeners[i].Close()
	}
	fmt.Println("demo: this kernel has no ip_vs; starting a guest that has")
	life, end := context.WithCancel(context.Background())
	defer end()
	go func() {
		<-ctx.Done()
		select {
		case <-time.After(patience):
			end()
		case <-life.Done():
		}
	}()
	go carry(ctx, line, listeners)
	opt := guest.Options{Line: theirs, Limit: 24 * time.Hour, Memory: "2G", Env: []string{"HOLDFAST_BINARY=" + lab.Binary()}, Stdout: os.Stdout, Stderr: os.Stderr}
	code, err := guest.Run(life, opt,
		self, "-inside", "-listen", addrs[0], "-listen2", addrs[1])
	if err == nil && code != 0 {
		err = fmt.Errorf("the guest's half ended with code %d", code)
	}
	return err
}

// carry brings connections and the terminal's words to the guest, until ctx
// ends; then it asks the guest to end.
func carry(ctx context.Context, line net.Conn, listeners [2]net.Listener) {
	first := make([]byte, 1)
	for first[0] != awake {
		if _, err := line.Read(first); err != nil {
			return // the guest never woke; its end is told elsewhere
		}
	}
	mux, err := yamux.Client(line, settings())
	if err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		return
	}
	for i, kind := range []byte{toFirst, toSecond} {
		go accept(listeners[i], mux, kind)
	}
	go func() {
		if words, err := call(mux, toStage); err == nil {
			go io.Copy(os.Stdout, words)
			io.Copy(words, os.Stdin)
		}
	}()
	<-ctx.Done()
	if bye, err := call(mux, goodbye); err == nil {
		bye.Close()
	}
}

// accept carries each connection of a listener.
func accept(l net.Listener, mux *yamux.Session, kind byte) {
	for {
		conn, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue
		}
		stream, err := call(mux, kind)
		if err != nil {
			conn.Close()
			continue
		}
		go join(conn, stream)
	}
}

// call opens a stream to the guest and says what it is for.
func call(mux *yamux.Session, kind byte) (net.Conn, error) {
	stream, err := mux.Open()
	if err != nil {
		return nil, err
	}
	if _, err := stream.Write([]byte{kind}); err != nil {
		stream.Close()
		return nil, err
	}
	return stream, nil
}

// join copies both ways until both ends have said all.
func join(a, b net.Conn) {
	done := make(chan struct{}, 2)
	for _, way := range [][2]net.Conn{{a, b}, {b, a}} {
		go func() {
			io.Copy(way[0], way[1])
			if half, ok := way[0].(interface{ CloseWrite() error }); ok {
				half.CloseWrite()
			} else {
				way[0].Close()
			}
			done <- struct{}{}
		}()
	}
	<-done
	<-done
	a.Close()
	b.Close()
}

// settings of the mux: the line neither loses nor ends, so nothing has to be
// asked of it.
func settings() *yamux.Config {
	c := yamux.DefaultConfig()
	c.EnableKeepAlive = false
	c.ConnectionWriteTimeout = time.Minute
	c.StreamOpenTimeout = time.Minute
	c.LogOutput = io.Discard
	return c
}
