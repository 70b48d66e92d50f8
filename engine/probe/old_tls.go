package probe

import (
	"bytes"
	"crypto/ecdh"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"errors"
	"fmt"
	"hash"
	"math/big"

	"golang.org/x/crypto/chacha20poly1305"
	"golang.org/x/crypto/cryptobyte"
)

// The handshake of TLS 1.2 (RFC 5246) with the suites that OpenSSL speaks, also those
// that Go's library does not, and with any certificate: as with the rest of SSL_GET none
// is verified, and here none is read that is not needed. It serves a check and nothing else.

// oldSuite is one suite: how keys are agreed on, and how records are sealed.
type oldSuite struct {
	id       uint16
	name     string
	exchange byte             // one of the constants below
	key      int              // bytes
	mac      func() hash.Hash // of a record; nil for GCM and ChaCha
	prf      func() hash.Hash
	chacha   bool
}

const (
	byDH   = 'd'
	byECDH = 'e'
	byRSA  = 'r'
)

// oldList is in the order in which OpenSSL offers them. Those that need a certificate to
// be read come last.
var oldList = []oldSuite{
	{0xc02c, "ECDHE-ECDSA-AES256-GCM-SHA384", byECDH, 32, nil, sha512.New384, false},
	{0xc030, "ECDHE-RSA-AES256-GCM-SHA384", byECDH, 32, nil, sha512.New384, false},
	{0x009f, "DHE-RSA-AES256-GCM-SHA384", byDH, 32, nil, sha512.New384, false},
	{0xcca9, "ECDHE-ECDSA-CHACHA20-POLY1305", byECDH, 32, nil, sha256.New, true},
	{0xcca8, "ECDHE-RSA-CHACHA20-POLY1305", byECDH, 32, nil, sha256.New, true},
	{0xccaa, "DHE-RSA-CHACHA20-POLY1305", byDH, 32, nil, sha256.New, true},
	{0xc02b, "ECDHE-ECDSA-AES128-GCM-SHA256", byECDH, 16, nil, sha256.New, false},
	{0xc02f, "ECDHE-RSA-AES128-GCM-SHA256", byECDH, 16, nil, sha256.New, false},
	{0x009e, "DHE-RSA-AES128-GCM-SHA256", byDH, 16, nil, sha256.New, false},
	{0xc024, "ECDHE-ECDSA-AES256-SHA384", byECDH, 32, sha512.New384, sha512.New384, false},
	{0xc028, "ECDHE-RSA-AES256-SHA384", byECDH, 32, sha512.New384, sha512.New384, false},
	{0x006b, "DHE-RSA-AES256-SHA256", byDH, 32, sha256.New, sha256.New, false},
	{0xc023, "ECDHE-ECDSA-AES128-SHA256", byECDH, 16, sha256.New, sha256.New, false},
	{0xc027, "ECDHE-RSA-AES128-SHA256", byECDH, 16, sha256.New, sha256.New, false},
	{0x0067, "DHE-RSA-AES128-SHA256", byDH, 16, sha256.New, sha256.New, false},
	{0xc00a, "ECDHE-ECDSA-AES256-SHA", byECDH, 32, sha1.New, sha256.New, false},
	{0xc014, "ECDHE-RSA-AES256-SHA", byECDH, 32, sha1.New, sha256.New, false},
	{0x0039, "DHE-RSA-AES256-SHA", byDH, 32, sha1.New, sha256.New, false},
	{0xc009, "ECDHE-ECDSA-AES128-SHA", byECDH, 16, sha1.New, sha256.New, false},
	{0xc013, "ECDHE-RSA-AES128-SHA", byECDH, 16, sha1.New, sha256.New, false},
	{0x0033, "DHE-RSA-AES128-SHA", byDH, 16, sha1.New, sha256.New, false},
	{0x009d, "AES256-GCM-SHA384", byRSA, 32, nil, sha512.New384, false},
	{0x009c, "AES128-GCM-SHA256", byRSA, 16, nil, sha256.New, false},
	{0x003d, "AES256-SHA256", byRSA, 32, sha256.New, sha256.New, false},
	{0x003c, "AES128-SHA256", byRSA, 16, sha256.New, sha256.New, false},
	{0x0035, "AES256-SHA", byRSA, 32, sha1.New, sha256.New, false},
	{0x002f, "AES128-SHA", byRSA, 16, sha1.New, sha256.New, false},
}

var oldSuites = func() map[uint16]oldSuite {
	m := map[uint16]oldSuite{}
	for _, s := range oldList {
		m[s.id] = s
	}
	return m
}()

// maxModulus bounds what a key exchange may cost, in bits, as OpenSSL does.
const maxModulus = 10000

var errOldTLS = errors.New("TLS: not an answer of TLS 1.2")

// shake finishes the handshake behind the two hellos on o.
func (o *oldTLS) shake(s oldSuite, client, server []byte) error {
	premaster, reply, wanted, err := o.exchange(s)
	if err != nil {
		return err
	}
	if wanted {
		if err := o.send(11, []byte{0, 0, 0}); err != nil { // no certificate
			return err
		}
	}
	if err := o.send(16, reply); err != nil {
		return err
	}
	randoms := append(append([]byte(nil), client...), server...)
	master := prf(s.prf, premaster, "master secret", randoms, 48)
	size, fixed := 0, 4
	if s.mac != nil {
		size, fixed = s.mac().Size(), 0
	} else if s.chacha {
		fixed = chacha20poly1305.NonceSize
	}
	keys := cryptobyte.String(prf(s.prf, master, "key expansion", append(append([]byte(nil), server...), client...), 2*(size+s.key+fixed)))
	var part [6][]byte
	for i, n := range []int{size, size, s.key, s.key, fixed, fixed} {
		keys.ReadBytes(&part[i], n)
	}
	if err := o.write(20, []byte{1}); err != nil { // change_cipher_spec
		return err
	}
	o.out = newSealer(s, part[2], part[0], part[4])
	if err := o.send(20, prf(s.prf, master, "client finished", o.sum(s), 12)); err != nil {
		return err
	}
	return o.finish(s, master, newSealer(s, part[3], part[1], part[5]))
}

// finish reads what ends the server's side of the handshake.
func (o *oldTLS) finish(s oldSuite, master []byte, in *sealer) error {
	kind, body, err := o.record()
	if err == nil && (kind != 20 || len(body) != 1) {
		err = errOldTLS
	}
	if err != nil {
		return err
	}
	o.in = in
	want := prf(s.prf, master, "server finished", o.sum(s), 12)
	name, finished, err := o.message()
	if err == nil && (name != 20 || !bytes.Equal(finished, want)) {
		err = errOldTLS
	}
	return err
}

// sum is the hash of the messages so far.
func (o *oldTLS) sum(s oldSuite) []byte {
	h := s.prf()
	h.Write(o.transcript)
	return h.Sum(nil)
}

// exchange reads the server's messages and agrees on a secret with it; reply is
// what the server has to know for that, and wanted that it asks for a certificate.
func (o *oldTLS) exchange(s oldSuite) (premaster, reply []byte, wanted bool, err error) {
	for {
		kind, body, err := o.message()
		if err != nil {
			return nil, nil, false, err
		}
		switch {
		case kind == 11 && s.exchange == byRSA:
			premaster, reply, err = rsaExchange(body)
		case kind == 12 && s.exchange == byDH:
			premaster, reply, err = dhExchange(body)
		case kind == 12 && s.exchange == byECDH:
			premaster, reply, err = ecdhExchange(body)
		case kind == 13:
			wanted = true
		case kind == 14 && premaster != nil:
			return premaster, reply, wanted, nil
		case kind != 11 && kind != 22: // a certificate, its status
			err = errOldTLS
		}
		if err != nil {
			return nil, nil, false, err
		}
	}
}

func dhExchange(body []byte) (premaster, reply []byte, err error) {
	s := cryptobyte.String(body)
	var p, g, y cryptobyte.String
	if !s.ReadUint16LengthPrefixed(&p) || !s.ReadUint16LengthPrefixed(&g) || !s.ReadUint16LengthPrefixed(&y) {
		return nil, nil, errOldTLS
	}
	modulus, theirs := new(big.Int).SetBytes(p), new(big.Int).SetBytes(y)
	if modulus.BitLen() < 2 || modulus.BitLen() > maxModulus || modulus.Bit(0) == 0 {
		return nil, nil, errOldTLS
	}
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails
	x := new(big.Int).SetBytes(secret)
	ours := new(big.Int).Exp(new(big.Int).SetBytes(g), x, modulus)
	return new(big.Int).Exp(theirs, x, modulus).Bytes(), prefixed16(ours.Bytes()), nil
}

func ecdhExchange(body []byte) (premaster, reply []byte, err error) {
	curves := map[uint16]ecdh.Curve{23: ecdh.P256(), 24: ecdh.P384(), 25: ecdh.P521(), 29: ecdh.X25519()}
	s := cryptobyte.String(body)
	var kind uint8
	var id uint16
	var point cryptobyte.String
	if !s.ReadUint8(&kind) || kind != 3 || !s.ReadUint16(&id) || !s.ReadUint8LengthPrefixed(&point) || curves[id] == nil {
		return nil, nil, errOldTLS
	}
	theirs, err := curves[id].NewPublicKey(point)
	if err != nil {
		return nil, nil, fmt.Errorf("TLS: the server's point: %w", err)
	}
	ours, err := curves[id].GenerateKey(rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("TLS: make a key: %w", err)
	}
	if premaster, err = ours.ECDH(theirs); err != nil {
		return nil, nil, fmt.Errorf("TLS: the server's point: %w", err)
	}
	public := ours.PublicKey().Bytes()
	return premaster, append([]byte{byte(len(public))}, public...), nil
}

func rsaExchange(body []byte) (premaster, reply []byte, err error) {
	s := cryptobyte.String(body)
	var list, first cryptobyte.String
	if !s.ReadUint24LengthPrefixed(&list) || !list.ReadUint24LengthPrefixed(&first) {
		return nil, nil, errOldTLS
	}
	certificate, err := x509.ParseCertificate(first)
	if err != nil {
		return nil, nil, fmt.Errorf("TLS: the server's certificate: %w", err)
	}
	key, ok := certificate.PublicKey.(*rsa.PublicKey)
	if !ok {
		return nil, nil, errOldTLS
	}
	premaster = make([]byte, 48)
	_, _ = rand.Read(premaster) // never fails
	premaster[0], premaster[1] = 3, 3
	// PKCS #1 v1.5, which TLS 1.2 asks for (RFC 5246, 7.4.7.1) and Go's library has
	// deprecated: 0, 2, random bytes that are not 0, then 0 and the secret.
	text := make([]byte, key.Size())
	if len(text) < len(premaster)+11 || key.N.BitLen() > maxModulus {
		return nil, nil, errOldTLS
	}
	_, _ = rand.Read(text) // never fails
	for i := range text {
		text[i] |= 1
	}
	text[0], text[1], text[len(text)-len(premaster)-1] = 0, 2, 0
	copy(text[len(text)-len(premaster):], premaster)
	sealed := new(big.Int).Exp(new(big.Int).SetBytes(text), big.NewInt(int64(key.E)), key.N)
	return premaster, prefixed16(sealed.FillBytes(text)), nil
}

func prefixed16(b []byte) []byte { return append([]byte{byte(len(b) >> 8), byte(len(b))}, b...) }

// prf is the function of RFC 5246, 5, that makes keys.
func prf(h func() hash.Hash, secret []byte, label string, seed []byte, size int) (out []byte) {
	text := append([]byte(label), seed...)
	sum := func(parts ...[]byte) []byte {
		m := hmac.New(h, secret)
		for _, p := range parts {
			m.Write(p)
		}
		return m.Sum(nil)
	}
	for a := sum(text); len(out) < size; a = sum(a) {
		out = append(out, sum(a, text)...)
	}
	return out[:size]
}
