package parent

import (
	"os/exec"
	"syscall"
	"testing"
	"time"
)

func TestAProcessThatSomebodyStoppedIsToldFromOneThatHangs(t *testing.T) {
	cmd := exec.Command("sleep", "60")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer cmd.Process.Kill()
	pid := cmd.Process.Pid
	if stopped(pid) {
		t.Error("it runs")
	}
	if err := cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(20 * time.Second); !stopped(pid); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it is stopped, and does not count as that")
		}
	}
}
