package main

import (
	"context"
	"fmt"
	"strings"
	"time"
)

const help = `Type what to break, and watch the consoles; Ctrl-C takes everything away.
  web node3 off|500|on      the web server refuses, fails, works
  cable node1 off|on        a cable is pulled, plugged
  down node1 on|off         the tutorial's file: node1 steps back, returns
  crash node1, start node1  every process of a director is killed, starts again
  table node1, addr node1   what the kernel has
  get                       nine requests of the client
  mails                     what the mail server got`

// obey does what a line of the terminal says and returns the answer.
func (s *stage) obey(line string) string {
	words := append(strings.Fields(line), "", "", "")
	name, how := words[1], words[2]
	on := how == "on"
	web, director, node := s.webs[name], s.directors[name], s.nodes[name]
	switch {
	case words[0] == "":
		return ""
	case words[0] == "web" && web != nil && how == "off":
		web.Stop()
	case words[0] == "web" && web != nil && how == "500":
		web.Answer(500, "broken")
	case words[0] == "web" && web != nil && on:
		web.Stop()
		web.Answer(200, "from "+name+".")
		web.Start()
	case words[0] == "cable" && node != nil:
		node.Cable(on)
	case words[0] == "down" && director != nil && on:
		director.Write("down", "", 0o644)
	case words[0] == "down" && director != nil:
		director.Remove("down")
	case words[0] == "crash" && director != nil && !director.Ended():
		director.Crash()
	case words[0] == "start" && director != nil && director.Ended():
		director.Start()
	case words[0] == "table" && director != nil:
		return strings.Join(node.Pool(), "\n")
	case words[0] == "addr" && node != nil:
		return strings.TrimSpace(node.Run("ip", "-br", "addr"))
	case words[0] == "get":
		return strings.Join(s.client.Get("http://"+s.virtual.String()+"/", 9), "\n")
	case words[0] == "mails":
		return strings.Join(append(s.sinks["node1"].Subjects(), s.sinks["node2"].Subjects()...), "\n")
	default:
		return help
	}
	return "done: " + strings.TrimSpace(line)
}

// narrate tells of changes: who holds the address, whether the client is served.
func (s *stage) narrate(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	var before string
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		var holders []string
		for _, name := range []string{"node1", "node2"} {
			if s.nodes[name].Holds(s.virtual) {
				holders = append(holders, name)
			}
		}
		now := fmt.Sprintf("%s is held by %s", s.virtual, strings.Join(holders, " and "))
		if len(holders) == 0 {
			now = fmt.Sprintf("nobody holds %s", s.virtual)
		}
		if _, failed, _ := strings.Cut(s.client.Get("http://"+s.virtual.String()+"/", 1)[0], "error: "); failed != "" {
			now += "; the client is not served: " + failed
		} else {
			now += "; the client is served"
		}
		if now != before && ctx.Err() == nil {
			fmt.Println(time.Now().Format("15:04:05"), now)
		}
		before = now
	}
}
