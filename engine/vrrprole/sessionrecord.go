package vrrprole

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"holdfast/engine/atomicfile"
	"holdfast/engine/bfd"
)

// savedSession is what the next process has to know of a session that is up, so that
// the neighbour sees no change.
type savedSession struct {
	Name       string        `json:"name"`
	Neighbor   string        `json:"neighbor"`
	Source     string        `json:"source,omitempty"`
	Multihop   bool          `json:"multihop,omitempty"`
	Since      time.Time     `json:"since"`
	Local      uint32        `json:"local"`
	Remote     uint32        `json:"remote"`
	MinTx      time.Duration `json:"min_tx"`
	MinRx      time.Duration `json:"min_rx"`
	Multiplier uint8         `json:"multiplier"`
	Demand     bool          `json:"demand,omitempty"`
}

// savedSessions is the file of an earlier run; it counts within the same boot.
type savedSessions struct {
	Boot     string         `json:"boot"`
	Sessions []savedSession `json:"sessions"`
}

func sessionFile(runDir string) string { return filepath.Join(runDir, "bfd.record") }

// save keeps the sessions that are up for the next process.
func (s *sessions) save(runDir string) error {
	boot := bootMark()
	file := savedSessions{Boot: hex.EncodeToString(boot[:])}
	s.mu.Lock()
	for _, one := range s.list {
		st := one.state
		if st.Phase != bfd.Up {
			continue
		}
		key := keyOfSession(one.cfg)
		line := savedSession{Name: key.name, Neighbor: key.neighbor.String(), Multihop: key.multihop, Since: st.Since, Local: st.Local, Remote: st.Remote,
			MinTx: st.RemoteMinTx, MinRx: st.RemoteMinRx, Multiplier: st.RemoteMultiplier, Demand: st.RemoteDemand}
		if key.source.IsValid() {
			line.Source = key.source.String()
		}
		file.Sessions = append(file.Sessions, line)
	}
	s.mu.Unlock()
	text, err := json.Marshal(file)
	if err != nil {
		return err
	}
	return atomicfile.WriteVolatile(sessionFile(runDir), text)
}

// loadSessions gives the sessions that an earlier process of this boot left up. What
// cannot be read is none: those sessions begin anew.
func loadSessions(runDir string) map[sessionKey]bfd.State {
	text, err := os.ReadFile(sessionFile(runDir))
	var file savedSessions
	boot := bootMark()
	if err != nil || json.Unmarshal(text, &file) != nil || file.Boot != hex.EncodeToString(boot[:]) {
		return nil
	}
	saved := map[sessionKey]bfd.State{}
	for _, line := range file.Sessions {
		key := sessionKey{name: line.Name, multihop: line.Multihop}
		var err, none error
		key.neighbor, err = netip.ParseAddr(line.Neighbor)
		if line.Source != "" {
			key.source, none = netip.ParseAddr(line.Source)
		}
		if errors.Join(err, none) != nil || line.Local == 0 || line.Remote == 0 || line.Multiplier == 0 {
			continue
		}
		saved[key] = bfd.State{Phase: bfd.Up, RemotePhase: bfd.Up, Since: line.Since, Local: line.Local, Remote: line.Remote,
			RemoteMinTx: line.MinTx, RemoteMinRx: line.MinRx, RemoteMultiplier: line.Multiplier, RemoteDemand: line.Demand}
	}
	return saved
}

// forgetSessions removes the file: the next process begins anew.
func forgetSessions(runDir string) error {
	return atomicfile.Remove(sessionFile(runDir))
}
