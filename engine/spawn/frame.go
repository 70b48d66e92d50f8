package spawn

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"

	"holdfast/engine/script"
)

// maxFrame bounds a message, in bytes: the kernel takes no more words for a program
// (execve(2)).
const maxFrame = 4 << 20

// request asks for a program, or for the end of one.
type request struct {
	ID  uint64      `json:"id"`
	Job *script.Job `json:"job,omitempty"` // nil: the program of ID shall end
}

// answer says how a program ended.
type answer struct {
	ID     uint64        `json:"id"`
	Result script.Result `json:"result"`
	Err    *failure      `json:"err,omitempty"`
}

func writeFrame(w io.Writer, message any) error {
	b, err := json.Marshal(message)
	if err != nil {
		return err
	}
	if len(b) > maxFrame {
		return fmt.Errorf("a message of %d bytes is too long", len(b))
	}
	_, err = w.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(b))), b...))
	return err
}

// readFrame reads a message; io.EOF means that the other end closed between two.
func readFrame(r io.Reader, message any) error {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return err
	}
	n := binary.BigEndian.Uint32(head[:])
	if n > maxFrame {
		return fmt.Errorf("a message of %d bytes is too long", n)
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(r, b); err != nil {
		return fmt.Errorf("read a message: %w", err)
	}
	return json.Unmarshal(b, message)
}
