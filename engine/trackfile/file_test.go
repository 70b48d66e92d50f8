package trackfile

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"holdfast/engine/model"
)

// until waits until a name is told.
func until(t *testing.T, told <-chan string, want string) {
	t.Helper()
	for end := time.After(20 * time.Second); ; {
		select {
		case got := <-told:
			if got == want {
				return
			}
		case <-end:
			t.Fatalf("%q is not told", want)
		}
	}
}

func TestNumbersInFilesAreReadAsStrtolDoes(t *testing.T) {
	for text, want := range map[string]string{
		"": "0", "7": "7", " 12\n": "12", "010": "8", "08": "0", "-010": "-8", "0x10": "16", "0X1fz": "31", "0x": "0", "7abc": "7", "5.9": "5", "text": "0", "+4": "4", "-": "0", "--1": "0",
		"2147483647": "2147483647", "2147483648": "error", "-2147483648": "-2147483648", "99999999999999999999": "error",
	} {
		n, err := number(text)
		got := fmt.Sprint(n)
		if err != nil {
			got = "error"
		}
		if got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func TestATrackedFileIsMadeWhereTheTextAsksForIt(t *testing.T) {
	for words, want := range map[string]string{ // without a file, with one that holds 9, and so at a reload
		"": "- 9 9", "init_file": "0 9 9", "init_file 5": "5 9 9", "init_file 5 overwrite": "5 5 9", "init_file overwrite": "0 0 9",
	} {
		c, _ := model.Parse("x", []byte("track_file F {\nfile /x\n"+words+"\n}\n"), model.Facts{})
		var got []string
		for i, before := range []string{"", "9", "9"} {
			path := filepath.Join(t.TempDir(), "n")
			if before != "" {
				if err := os.WriteFile(path, []byte(before), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if err := Init(path, c.Files[0].Init, i == 2); err != nil {
				t.Error(err)
			}
			text, err := os.ReadFile(path)
			if err != nil {
				text = []byte("-")
			}
			got = append(got, strings.TrimSpace(string(text)))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %q, want %s", words, got, want)
		}
	}
}

func TestADirectoryIsWatchedForWhatIsClosedRenamedAndRemoved(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	told, done := make(chan string, 100), make(chan struct{})
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		defer close(done)
		_ = Watch(ctx, dir, func(name string) { told <- name })
	}()
	defer func() { cancel(); <-done }()
	until(t, told, "")
	if err := os.WriteFile(dir+"/a", []byte("1"), 0o600); err != nil {
		t.Fatal(err)
	}
	until(t, told, "a")
	if err := os.Rename(dir+"/a", dir+"/b"); err != nil {
		t.Fatal(err)
	}
	until(t, told, "b")
	if err := os.Remove(dir + "/b"); err != nil {
		t.Fatal(err)
	}
	until(t, told, "b")
}
