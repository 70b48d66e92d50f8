package model

import (
	"fmt"
	"strings"
	"testing"
)

// manyServers is a text with n real servers behind virtual servers of a hundred.
func manyServers(n int) []byte {
	var b strings.Builder
	for i := range n {
		if i%100 == 0 {
			if i > 0 {
				b.WriteString("}\n")
			}
			fmt.Fprintf(&b, "virtual_server 10.%d.%d.1 80 {\n    delay_loop 6\n    lb_algo wrr\n    lb_kind DR\n    protocol TCP\n", i/25000, i/100%250)
		}
		fmt.Fprintf(&b, "    real_server 172.%d.%d.%d 80 {\n        weight 1\n        TCP_CHECK {\n            connect_timeout 3\n            connect_port 80\n        }\n    }\n", 16+i/65536, i/256%256, i%256)
	}
	b.WriteString("}\n")
	return []byte(b.String())
}

func BenchmarkParseHundredThousandServers(b *testing.B) {
	text := manyServers(100_000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		c, findings := Parse("x", text, host)
		if len(c.Virtuals) != 1000 || len(findings) != 0 {
			b.Fatal(len(c.Virtuals), findings)
		}
	}
}

func BenchmarkInspectHundredThousandServers(b *testing.B) {
	text := string(manyServers(100_000))
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if findings := Inspect("x", text, host); len(findings) != 0 {
			b.Fatal(findings)
		}
	}
}

func BenchmarkResolveHundredThousandServers(b *testing.B) {
	c, _ := Parse("x", manyServers(100_000), host)
	for b.Loop() {
		if r := Resolve(c); r.Virtuals[999].Servers[99].Weight.Val != 1 {
			b.Fatal("not resolved")
		}
	}
}

// The first is found here, the second by conf, which lists no more either.
func TestOneSlipVeryManyTimesIsListedAThousandTimesAndThenCounted(t *testing.T) {
	for _, row := range []struct {
		slip, code string
		severity   Severity
	}{{"nonsense\n", "unknown-word", Warning}, {"}\n", "extra-brace", Error}} {
		_, findings := Parse("x", []byte(strings.Repeat(row.slip, 3*maxAlike)), host)
		listed := 0
		for _, f := range findings {
			if f.Code == row.code {
				listed++
			}
		}
		rest := findings[len(findings)-1]
		if listed != maxAlike || rest.Code != moreFindings || rest.Args["Code"] != row.code || rest.Times() != 2*maxAlike || rest.Severity != row.severity {
			t.Errorf("%d of %s are listed, and then there is %+v", listed, row.code, rest)
		}
	}
}
