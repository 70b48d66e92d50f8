package model

import (
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"holdfast/engine/conf"
)

// HMAC is auth_hmac: how adverts are signed.
type HMAC struct {
	Keys       []SigningKey `kw:"key" range:"1..255" mild:"yes" since:"2.4.0"`
	Active     Opt[uint8]   `kw:"active_key" range:"1..255" since:"2.4.0"` // the number of the key that signs
	AntiReplay Opt[string]  `kw:"anti_replay" values:"time monotonic" default:"time" since:"2.4.0"`
	Window     Opt[int]     `kw:"time_window" range:"1..300" since:"2.4.0"` // seconds; not written: three adverts, 5 at least
	Mode       Opt[string]  `kw:"mode" values:"enforce permissive receive-only" default:"enforce" since:"2.4.0"`
	Kept       []Item
}

// On says whether adverts are signed or checked, after Resolve: as keepalived does, it
// leaves out the whole where the key that signs is not there.
func (h HMAC) On() bool { return len(h.Keys) > 0 }

// SigningKey is a key of auth_hmac, and its number.
type SigningKey struct {
	ID    uint8
	Value Secret // as written: a text, or one behind hex: or file:
	Read  Secret // what the file holds, where it could be read
}

// The prefixes of a key's value.
const (
	hexPrefix  = "hex:"
	filePrefix = "file:"
)

// keyShortest and keyLongest bound a key, in bytes.
const keyShortest, keyLongest = 32, 64

// InFile is the path of the file that holds the key, if one does.
func (k SigningKey) InFile() (path string, ok bool) {
	return strings.CutPrefix(k.Value.Reveal(), filePrefix)
}

// Bytes is the key itself, nil where its file could not be read.
func (k SigningKey) Bytes() []byte {
	value := k.Value.Reveal()
	if _, file := k.InFile(); file {
		value = k.Read.Reveal()
	}
	return keyBytes(value)
}

func keyBytes(value string) []byte {
	digits, ok := strings.CutPrefix(value, hexPrefix)
	if !ok && value != "" {
		return []byte(value)
	}
	b, err := hex.DecodeString(digits)
	if err != nil || len(b) == 0 {
		return nil
	}
	return b
}

// words is the key as a statement has it. SigningKey has no String: what is printed of
// one by chance has dots for its secrets.
func (k SigningKey) words() string {
	return strconv.Itoa(int(k.ID)) + " " + conf.Quote(k.Value.Reveal())
}

// scanKey reads ID VALUE, and the file that VALUE names.
func scanKey(l *line, into any) bool {
	id, ok := l.whole()
	if !ok {
		return false
	}
	w, ok := l.value()
	if !ok {
		return false
	}
	key := SigningKey{ID: uint8(id), Value: Secret(w)}
	list, listed := into.(*[]SigningKey)
	if listed && slices.ContainsFunc(*list, func(k SigningKey) bool { return k.ID == key.ID }) {
		l.b.report(Warning, "first-counts", l.n.Span(), "Word", l.name()+" "+strconv.Itoa(int(id)))
		return false
	}
	path, file := key.InFile()
	if file {
		if l.b == nil || l.b.facts.KeyFile == nil {
			return add(l, into, key)
		}
		if w, ok = l.readKey(path); !ok {
			return false
		}
		key.Read = Secret(w)
	}
	b := keyBytes(w)
	if b == nil && len(w) > len(hexPrefix) {
		return l.hide("bad-hex-bytes", hexPrefix)
	}
	if len(b) < keyShortest || len(b) > keyLongest {
		return l.hide("key-length", strconv.Itoa(len(b)), "Range", "32..64")
	}
	return add(l, into, key)
}

// hide reports a finding about a key without showing it.
func (l *line) hide(code, value string, args ...string) bool {
	return l.tell(Warning, code, value, args...)
}

// KeyFile is what a host says of the file of a key.
type KeyFile struct {
	Text   string
	Shared bool // its group or others may read it
	Large  bool // it is larger than any key
}

// readKey reads the file of a key.
func (l *line) readKey(path string) (string, bool) {
	f, err := l.b.facts.KeyFile(path)
	switch {
	case err != nil:
		return "", l.hide("key-file-unread", path)
	case f.Shared:
		l.hide("key-file-shared", path)
	}
	if f.Large {
		return "", l.hide("key-file-large", path)
	}
	return strings.TrimRight(f.Text, "\r\n"), true
}

// validateSigning reports what keepalived says of auth_hmac beside other words.
func (b *binder) validateSigning(in *Instance, n *conf.Node) {
	at := last(n, "auth_hmac")
	if at == nil || at.Block == nil {
		return
	}
	if !in.HMAC.signs() {
		value := ""
		if in.HMAC.Active.Written {
			value = strconv.Itoa(int(in.HMAC.Active.Val))
		}
		b.report(Warning, "no-active-key", at.Words[0].Span(), "Name", in.Name, "Value", value)
		return
	}
	if in.AuthType.Written {
		b.report(Warning, "hmac-with-authentication", b.spanOf(&in.AuthType, n), "Name", in.Name)
	}
	if in.HMAC.Mode.Or("enforce") != "enforce" {
		b.names.lenient = append(b.names.lenient, lenient{*in, at.Words[0].Span()})
	}
}

// lenient is an instance that takes unsigned adverts, which strict mode forbids.
type lenient struct {
	instance Instance
	at       conf.Span
}

// lintLenient reports such instances.
func (b *binder) lintLenient() {
	for _, one := range b.names.lenient {
		if one.instance.strict(&b.cfg.Global) {
			b.report(Warning, "strict-enforces", one.at, "Name", one.instance.Name)
		}
	}
}

// signs says whether the key that signs is there.
func (h *HMAC) signs() bool {
	return h.Active.Written && slices.ContainsFunc(h.Keys, func(k SigningKey) bool { return k.ID == h.Active.Val })
}

// leastWindow and mostWindow bound the window that nobody wrote, in seconds.
const leastWindow, mostWindow = 5, 300

// resolveSigning leaves out what cannot stand: a signature without its key, and the
// authentication of the protocol beside it.
func resolveSigning(in *Instance) {
	if !in.HMAC.signs() {
		in.Unsigned = len(in.HMAC.Keys) > 0 || in.HMAC.Active.Written
		in.HMAC = HMAC{}
		return
	}
	in.AuthType, in.Password = Opt[string]{}, Opt[Secret]{}
	inherit(&in.HMAC.Window, min(max(3*int(in.Advert.Val.Duration().Seconds()), leastWindow), mostWindow))
}

// signed says whether adverts have an authentication header. Its sequence is heard
// before one is sent: as in keepalived only the owner starts as master.
func (in *Instance) signed(g *Global) bool {
	return in.AuthType.Val == "AH" && in.Password.Written && in.inForce(g) == version2 && !in.IPv6() && in.priority() != ownerPriority
}
