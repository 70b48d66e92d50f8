package convert

import (
	"strings"
	"testing"
)

func TestNoSecretIsLeftInAVeiledText(t *testing.T) {
	for _, c := range []struct{ what, text, want string }{
		{"plain", "\tauth_pass s3cret\n\tauth_type PASS\n", "\tauth_pass ••••••\n\tauth_type PASS\n"},
		{"quoted, with a comment", "auth_pass \"s3cret x\" ! s3cret", "auth_pass ••••••"},
		{"in one line", "authentication { auth_pass s3cret }", "authentication { auth_pass •••••• }"},
		{"in a comment", "  # auth_pass s3cret", "  # auth_pass ••••••"},
		{"glued to a comment", "#auth_pass s3cret", "#auth_pass ••••••"},
		{"of one node", "@lb1 auth_pass s3cret", "@lb1 auth_pass ••••••"},
		{"CRLF", "auth_pass s3cret\r\nx\r\n", "auth_pass ••••••\nx\r\n"},
		{"a key by number", "key 7 hex:s3cret", "key 7 ••••••"},
		{"a key that is a file", "key /etc/ssl/key.pem", "key /etc/ssl/key.pem"},
		{"of TLS", "SSL {\n  password s3cret\n}", "SSL {\n  password ••••••\n}"},
		{"in a definition", "$P=s3cret\nauth_pass $P", "$P=••••••\nauth_pass ••••••"},
		{"in a definition of a definition", "$Q = s3cret\n$P=a${Q}\nauth_pass ${P}", "$Q =••••••\n$P=••••••\nauth_pass ••••••"},
		{"in a definition that is used elsewhere, too", "$P=s3cret\nrouter_id $P\nauth_pass $P", "$P=••••••\nrouter_id $P\nauth_pass ••••••"},
		{"over two lines", "auth_pass \\\n   s3cret\nnext", "auth_pass ••••••\n   ••••••\nnext"},
		{"a definition over two lines", "$A=\\\nauth_pass s3cret\\\nx\n$A", "$A=\\\nauth_pass ••••••\n••••••\n$A"},
		{"none", "password_x y\nmy_auth_pass z\n\nauth_pass\n", "password_x y\nmy_auth_pass z\n\nauth_pass\n"},
	} {
		got := Veil(c.text)
		if got != c.want || strings.Contains(got, "s3cret") {
			t.Errorf("%s:\n%q, not\n%q", c.what, got, c.want)
		}
		if strings.Count(got, "\n") != strings.Count(c.text, "\n") {
			t.Errorf("%s: another number of lines", c.what)
		}
	}
}
