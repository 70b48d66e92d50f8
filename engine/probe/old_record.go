package probe

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"hash"
	"io"

	"golang.org/x/crypto/chacha20poly1305"
)

const maxRecord = 16<<10 + 2048 // RFC 5246, 6.2.3

// oldTLS is a connection of TLS 1.2 by one of the old suites.
type oldTLS struct {
	conn       *timed
	in, out    *sealer // nil before the keys
	transcript []byte  // the messages of the handshake
	left       []byte  // of a record of the handshake, then of the data
}

// record reads one record and opens it.
func (o *oldTLS) record() (kind byte, body []byte, err error) {
	var head [5]byte
	if _, err := io.ReadFull(o.conn, head[:]); err != nil {
		return 0, nil, err
	}
	size := binary.BigEndian.Uint16(head[3:])
	if size > maxRecord {
		return 0, nil, errOldTLS
	}
	body = make([]byte, size)
	if _, err := io.ReadFull(o.conn, body); err != nil {
		return 0, nil, err
	}
	if o.in != nil {
		if body, err = o.in.open(head[0], body); err != nil {
			return 0, nil, err
		}
	}
	if head[0] == 21 && len(body) == 2 { // an alert
		if body[1] == 0 {
			return 0, nil, io.EOF
		}
		return 0, nil, remoteAlert(body[1])
	}
	return head[0], body, nil
}

// remoteAlert is the error of a server that ends the conversation.
type remoteAlert byte

func (a remoteAlert) Error() string { return fmt.Sprintf("remote error: tls: alert %d", byte(a)) }

func (o *oldTLS) write(kind byte, body []byte) error {
	if o.out != nil {
		body = o.out.seal(kind, body)
	}
	_, err := o.conn.Write(append([]byte{kind, 3, 3, byte(len(body) >> 8), byte(len(body))}, body...))
	return err
}

// message reads one message of the handshake.
func (o *oldTLS) message() (kind byte, body []byte, err error) {
	for {
		if len(o.left) >= 4 {
			size := 4 + int(o.left[1])<<16 + int(o.left[2])<<8 + int(o.left[3])
			if size > maxHeader || len(o.transcript) > 4*maxHeader {
				return 0, nil, errOldTLS
			}
			if len(o.left) >= size {
				whole := o.left[:size]
				o.left = o.left[size:]
				o.transcript = append(o.transcript, whole...)
				return whole[0], whole[4:], nil
			}
		}
		kind, part, err := o.record()
		if err == nil && (kind != 22 || len(part) == 0) {
			err = errOldTLS
		}
		if err != nil {
			return 0, nil, err
		}
		o.left = append(o.left, part...)
	}
}

func (o *oldTLS) send(kind byte, body []byte) error {
	whole := append([]byte{kind, byte(len(body) >> 16), byte(len(body) >> 8), byte(len(body))}, body...)
	o.transcript = append(o.transcript, whole...)
	return o.write(22, whole)
}

// Read gives what the server sent.
func (o *oldTLS) Read(b []byte) (int, error) {
	for len(o.left) == 0 {
		kind, body, err := o.record()
		if err != nil {
			return 0, err
		}
		if kind == 23 { // data; a wish for another handshake is passed over
			o.left = body
		}
	}
	n := copy(b, o.left)
	o.left = o.left[n:]
	return n, nil
}

// Write sends b.
func (o *oldTLS) Write(b []byte) (int, error) {
	for rest := b; len(rest) > 0; {
		n := min(len(rest), 16<<10)
		if err := o.write(23, rest[:n]); err != nil {
			return 0, err
		}
		rest = rest[n:]
	}
	return len(b), nil
}

// CloseWrite says goodbye.
func (o *oldTLS) CloseWrite() error { return o.write(21, []byte{1, 0}) }

// sealer seals or opens the records of one direction.
type sealer struct {
	block cipher.Block
	aead  cipher.AEAD
	fixed []byte // of the nonce; with ChaCha all of it, and the number is added to it
	mac   hash.Hash
	count uint64
}

func newSealer(s oldSuite, key, macKey, fixed []byte) *sealer {
	if s.chacha {
		aead, err := chacha20poly1305.New(key)
		if err != nil {
			panic(err) // the table has a key of another length
		}
		return &sealer{aead: aead, fixed: fixed}
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // the table has a key of another length
	}
	if s.mac != nil {
		return &sealer{block: block, mac: hmac.New(s.mac, macKey)}
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err) // AES is of the right size
	}
	return &sealer{aead: aead, fixed: fixed}
}

// head is what a record is bound to: its number, kind, version and length.
func (s *sealer) head(kind byte, size int) []byte {
	b := binary.BigEndian.AppendUint64(nil, s.count)
	s.count++
	return append(b, kind, 3, 3, byte(size>>8), byte(size))
}

// implicit says whether no part of the nonce stands in a record (RFC 7905, section 2).
func (s *sealer) implicit() bool { return s.aead != nil && len(s.fixed) == s.aead.NonceSize() }

// nonce is the one of a record with this head, where none of it stands there.
func (s *sealer) nonce(head []byte) []byte {
	n := append([]byte(nil), s.fixed...)
	for i, b := range head[:8] {
		n[len(n)-8+i] ^= b
	}
	return n
}

func (s *sealer) sum(head, body []byte) []byte {
	s.mac.Reset()
	s.mac.Write(head)
	s.mac.Write(body)
	return s.mac.Sum(nil)
}

func (s *sealer) seal(kind byte, body []byte) []byte {
	head := s.head(kind, len(body))
	switch {
	case s.implicit():
		return s.aead.Seal(nil, s.nonce(head), body, head)
	case s.aead != nil:
		nonce := append(append([]byte(nil), s.fixed...), head[:8]...)
		return s.aead.Seal(append([]byte(nil), head[:8]...), nonce, body, head)
	}
	text := append(append([]byte(nil), body...), s.sum(head, body)...)
	padding := aes.BlockSize - len(text)%aes.BlockSize
	for range padding {
		text = append(text, byte(padding-1))
	}
	out := make([]byte, aes.BlockSize+len(text))
	_, _ = rand.Read(out[:aes.BlockSize]) // never fails
	cipher.NewCBCEncrypter(s.block, out[:aes.BlockSize]).CryptBlocks(out[aes.BlockSize:], text)
	return out
}

func (s *sealer) open(kind byte, body []byte) ([]byte, error) {
	if s.implicit() {
		if len(body) < s.aead.Overhead() {
			return nil, errOldTLS
		}
		head := s.head(kind, len(body)-s.aead.Overhead())
		return s.aead.Open(nil, s.nonce(head), body, head)
	}
	if s.aead != nil {
		if len(body) < 8+s.aead.Overhead() {
			return nil, errOldTLS
		}
		nonce := append(append([]byte(nil), s.fixed...), body[:8]...)
		return s.aead.Open(nil, nonce, body[8:], s.head(kind, len(body)-8-s.aead.Overhead()))
	}
	if len(body) < 2*aes.BlockSize || len(body)%aes.BlockSize != 0 {
		return nil, errOldTLS
	}
	text := make([]byte, len(body)-aes.BlockSize)
	cipher.NewCBCDecrypter(s.block, body[:aes.BlockSize]).CryptBlocks(text, body[aes.BlockSize:])
	size := len(text) - 1 - int(text[len(text)-1]) - s.mac.Size()
	if size < 0 {
		return nil, errOldTLS
	}
	if sum := s.sum(s.head(kind, size), text[:size]); !hmac.Equal(sum, text[size:size+s.mac.Size()]) {
		return nil, errOldTLS
	}
	return text[:size], nil
}
