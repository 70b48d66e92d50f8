package kernel

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// templateSetting says whether a client that is bound to a destination (persistence)
// goes to another one as soon as that has weight 0.
const templateSetting = "/proc/sys/net/ipv4/vs/expire_quiescent_template"

// TemplateSetting is the setting by the name that sysctl(8) has for it.
const TemplateSetting = "net.ipv4.vs.expire_quiescent_template"

// TemplatesExpire says whether bound clients leave a destination of weight 0, in the
// network namespace of the calling thread. ErrNoIPVS: there is no such setting now.
func TemplatesExpire() (bool, error) {
	text, err := os.ReadFile(templateSetting)
	if errors.Is(err, fs.ErrNotExist) {
		return false, ErrNoIPVS
	}
	if err != nil {
		return false, fmt.Errorf("read %s: %w", TemplateSetting, err)
	}
	return strings.TrimSpace(string(text)) != "0", nil
}

// ExpireTemplates sets whether they do.
func ExpireTemplates(on bool) error {
	value := "0\n"
	if on {
		value = "1\n"
	}
	if err := os.WriteFile(templateSetting, []byte(value), 0o644); err != nil {
		return fmt.Errorf("write %s: %w", TemplateSetting, err)
	}
	return nil
}
