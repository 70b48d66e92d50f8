package probe

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/md5"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"hash"
	"strings"
)

// decrypted gives what a block of a key holds and of which kind that is, where it is
// encrypted by password: as PKCS#8 (RFC 8018, PBES2), or in the way of old keys.
func decrypted(b *pem.Block, password string) (der []byte, kind string, err error) {
	switch {
	case b.Type == "ENCRYPTED PRIVATE KEY":
		der, err = pbes2(b.Bytes, password)
		return der, "PRIVATE KEY", err
	case b.Headers["DEK-Info"] != "":
		der, err = traditional(b, password)
		return der, b.Type, err
	}
	return b.Bytes, b.Type, nil
}

// algorithm is an AlgorithmIdentifier.
type algorithm struct {
	ID         asn1.ObjectIdentifier
	Parameters asn1.RawValue `asn1:"optional"`
}

var (
	oidPBES2  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}
	oidPBKDF2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}
)

// hashes are the functions of PBKDF2, ciphers those of PBES2 with the length of their keys.
var hashes = map[string]func() hash.Hash{
	"": sha1.New, "1.2.840.113549.2.7": sha1.New, "1.2.840.113549.2.9": sha256.New,
	"1.2.840.113549.2.10": sha512.New384, "1.2.840.113549.2.11": sha512.New,
}

var ciphers = map[string]blockCipher{
	"2.16.840.1.101.3.4.1.2": {16, aes.NewCipher}, "2.16.840.1.101.3.4.1.22": {24, aes.NewCipher},
	"2.16.840.1.101.3.4.1.42": {32, aes.NewCipher}, "1.2.840.113549.3.7": {24, des.NewTripleDESCipher},
}

type blockCipher struct {
	key  int
	make func(key []byte) (cipher.Block, error)
}

// mostRounds bounds what a file can ask of PBKDF2; OpenSSL asks for 2,048.
const mostRounds = 10_000_000

func pbes2(text []byte, password string) ([]byte, error) {
	var outer struct {
		Scheme algorithm
		Data   []byte
	}
	var scheme struct{ Derive, Cipher algorithm }
	var derive struct {
		Salt   []byte
		Rounds int
		Length int       `asn1:"optional"`
		Hash   algorithm `asn1:"optional"`
	}
	var iv []byte
	if _, err := asn1.Unmarshal(text, &outer); err != nil {
		return nil, err
	}
	if !outer.Scheme.ID.Equal(oidPBES2) {
		return nil, fmt.Errorf("encrypted by %s, not by PBES2", outer.Scheme.ID)
	}
	if _, err := asn1.Unmarshal(outer.Scheme.Parameters.FullBytes, &scheme); err != nil {
		return nil, err
	}
	if !scheme.Derive.ID.Equal(oidPBKDF2) {
		return nil, fmt.Errorf("its key is derived by %s, not by PBKDF2", scheme.Derive.ID)
	}
	if _, err := asn1.Unmarshal(scheme.Derive.Parameters.FullBytes, &derive); err != nil {
		return nil, err
	}
	of, known := ciphers[scheme.Cipher.ID.String()]
	sum := hashes[derive.Hash.ID.String()]
	if !known || sum == nil || derive.Rounds < 1 || derive.Rounds > mostRounds {
		return nil, fmt.Errorf("encrypted by %s with %s", scheme.Cipher.ID, derive.Hash.ID)
	}
	if _, err := asn1.Unmarshal(scheme.Cipher.Parameters.FullBytes, &iv); err != nil {
		return nil, err
	}
	key, err := pbkdf2.Key(sum, password, derive.Salt, derive.Rounds, of.key)
	if err != nil {
		return nil, err
	}
	return unpadded(of, key, iv, outer.Data)
}

// oldCiphers are those of DEK-Info.
var oldCiphers = map[string]blockCipher{
	"AES-128-CBC": {16, aes.NewCipher}, "AES-192-CBC": {24, aes.NewCipher}, "AES-256-CBC": {32, aes.NewCipher},
	"DES-EDE3-CBC": {24, des.NewTripleDESCipher}, "DES-CBC": {8, des.NewCipher},
}

// traditional decrypts a key whose own key is made of MD5 sums, salted by the IV.
func traditional(b *pem.Block, password string) ([]byte, error) {
	name, text, _ := strings.Cut(b.Headers["DEK-Info"], ",")
	of, known := oldCiphers[name]
	iv, err := hex.DecodeString(text)
	if !known || err != nil || len(iv) < 8 {
		return nil, fmt.Errorf("encrypted by %s", name)
	}
	var key, sum []byte
	for len(key) < of.key {
		h := md5.New()
		h.Write(sum)
		h.Write([]byte(password))
		h.Write(iv[:8])
		sum = h.Sum(nil)
		key = append(key, sum...)
	}
	return unpadded(of, key[:of.key], iv, b.Bytes)
}

// unpadded decrypts data in CBC and takes its padding off.
func unpadded(of blockCipher, key, iv, data []byte) ([]byte, error) {
	block, err := of.make(key)
	if err != nil {
		return nil, err
	}
	size := block.BlockSize()
	if len(iv) != size || len(data) == 0 || len(data)%size != 0 {
		return nil, errPassword
	}
	out := make([]byte, len(data))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(out, data)
	pad := int(out[len(out)-1])
	if pad < 1 || pad > size {
		return nil, errPassword
	}
	return out[:len(out)-pad], nil
}
