package parent

import (
	"errors"
	"net"
	"strconv"
	"time"
)

// Manager is the service manager that started this process (sd_notify(3)). The nil
// Manager is none.
type Manager struct {
	socket string
	every  time.Duration // how often it wants a sign; 0: never
	at     time.Time     // when it gets the next one
}

// ManagerIn finds the service manager in the environment. pid is ours: a watchdog
// that is meant for another process gets no signs.
func ManagerIn(getenv func(string) string, pid int) *Manager {
	m := &Manager{socket: getenv("NOTIFY_SOCKET")}
	if m.socket == "" {
		return nil
	}
	if of := getenv("WATCHDOG_PID"); of == "" || of == strconv.Itoa(pid) {
		if µs, err := strconv.ParseInt(getenv("WATCHDOG_USEC"), 10, 64); err == nil && µs > 0 {
			m.every = time.Duration(µs) * time.Microsecond / 3
		}
	}
	return m
}

// ManagerVariables are those that tell a process of its service manager. They are not
// for what it starts.
var ManagerVariables = []string{"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}

// tell sends a state. One that does not get through is not sent again: the manager
// that hears nothing acts by itself.
func (m *Manager) tell(state string) error {
	if m == nil {
		return nil
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: m.socket, Net: "unixgram"})
	if err != nil {
		return err
	}
	err = conn.SetWriteDeadline(time.Now().Add(time.Second)) // a full socket must not stop the loop
	if err == nil {
		_, err = conn.Write([]byte(state))
	}
	return errors.Join(err, conn.Close())
}

// sign tells the manager that the loop goes round, when its time has come.
func (m *Manager) sign(now time.Time) error {
	if m == nil || m.every == 0 || now.Before(m.at) {
		return nil
	}
	m.at = now.Add(m.every)
	return m.tell("WATCHDOG=1")
}

// next is when the manager wants its next sign; zero: never.
func (m *Manager) next() time.Time {
	if m == nil || m.every == 0 {
		return time.Time{}
	}
	return m.at
}
