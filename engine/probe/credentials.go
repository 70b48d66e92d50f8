package probe

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"

	"holdfast/engine/model"
)

// Credentials are what SSL_GET shows to a server that asks who it is: the block SSL. As
// with keepalived no server is verified by them, and one that asks nobody sees none.
type Credentials struct {
	certificate *tls.Certificate // nil: none
}

// ReadCredentials reads the files of the block SSL. A certificate that stands alone in
// its file is sent with those above it that the file of the authorities has, as OpenSSL
// does.
func ReadCredentials(c model.Credentials) (Credentials, error) {
	authorities, err := certificatesIn(c.CA)
	if err != nil {
		return Credentials{}, err
	}
	chain, err := certificatesIn(c.Certificate)
	if err != nil {
		return Credentials{}, err
	}
	key, err := keyIn(c.Key, c.Password.Reveal())
	if err != nil {
		return Credentials{}, err
	}
	if len(chain) == 0 || key == nil {
		return Credentials{}, nil // one without the other is shown to nobody
	}
	if len(chain) == 1 {
		chain = completed(chain, authorities)
	}
	certificate := tls.Certificate{PrivateKey: key, Leaf: chain[0]}
	for _, c := range chain {
		certificate.Certificate = append(certificate.Certificate, c.Raw)
	}
	if !fits(key, chain[0]) {
		return Credentials{}, fmt.Errorf("the key %s is not that of the certificate %s", c.Key, c.Certificate)
	}
	return Credentials{&certificate}, nil
}

// certificatesIn are those of a file in PEM; none where no file is named.
func certificatesIn(file string) ([]*x509.Certificate, error) {
	var list []*x509.Certificate
	err := eachBlock(file, func(b *pem.Block) error {
		if b.Type != "CERTIFICATE" && b.Type != "TRUSTED CERTIFICATE" && b.Type != "X509 CERTIFICATE" {
			return nil
		}
		c, err := x509.ParseCertificate(b.Bytes)
		list = append(list, c)
		return err
	})
	if err == nil && file != "" && len(list) == 0 {
		err = fmt.Errorf("no certificate in %s", file)
	}
	return list, err
}

// keyIn is the first key of a file in PEM; nil where no file is named.
func keyIn(file, password string) (key any, err error) {
	err = eachBlock(file, func(b *pem.Block) error {
		if key != nil {
			return nil
		}
		der, kind, err := decrypted(b, password)
		if err != nil {
			return err
		}
		switch kind {
		case "PRIVATE KEY":
			key, err = x509.ParsePKCS8PrivateKey(der)
		case "RSA PRIVATE KEY":
			key, err = x509.ParsePKCS1PrivateKey(der)
		case "EC PRIVATE KEY":
			key, err = x509.ParseECPrivateKey(der)
		}
		if err != nil && (kind != b.Type || b.Headers["DEK-Info"] != "") {
			return errPassword // what it decrypts is no key
		}
		return err
	})
	if err == nil && file != "" && key == nil {
		err = fmt.Errorf("no key in %s", file)
	}
	return key, err
}

var errPassword = errors.New("the password of the key is another")

// eachBlock walks the blocks of a file in PEM; no name is no block.
func eachBlock(file string, do func(*pem.Block) error) error {
	if file == "" {
		return nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	for b, rest := pem.Decode(text); b != nil; b, rest = pem.Decode(rest) {
		if err := do(b); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return nil
}

// completed is a chain with those of the authorities above its last, up to a root.
func completed(chain, authorities []*x509.Certificate) []*x509.Certificate {
	for range authorities {
		last := chain[len(chain)-1]
		if last.CheckSignatureFrom(last) == nil {
			break
		}
		for _, a := range authorities {
			if last.CheckSignatureFrom(a) == nil {
				chain = append(chain, a)
				break
			}
		}
		if chain[len(chain)-1] == last {
			break
		}
	}
	return chain
}

// fits says whether key is that of a certificate.
func fits(key any, of *x509.Certificate) bool {
	signer, ok := key.(crypto.Signer)
	if !ok {
		return false
	}
	public, ok := signer.Public().(interface{ Equal(crypto.PublicKey) bool })
	return ok && public.Equal(of.PublicKey)
}

// client is what the handshake answers a server that asks for a certificate: ours, of
// whatever authority it names.
func (c Credentials) client(cfg *tls.Config) {
	if c.certificate != nil {
		cfg.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return c.certificate, nil }
	}
}
