package script

import "os/exec"

// output keeps the beginning of what a program writes. The rest is lost.
type output struct {
	text []byte
	room int // how many bytes may still come
}

func (o *output) Write(b []byte) (int, error) {
	kept := min(len(b), o.room)
	o.text, o.room = append(o.text, b[:kept]...), o.room-kept
	return len(b), nil
}

// said is what a program wrote that ended.
func said(cmd *exec.Cmd) string {
	if o, ok := cmd.Stdout.(*output); ok {
		return string(o.text)
	}
	return ""
}
