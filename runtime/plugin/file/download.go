package file

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Download bounds the action of its name. Fields that are zero have the values of PL-60.
type Download struct {
	Connect time.Duration // until a connection stands; a minute when zero
	Total   time.Duration // for the whole; ten minutes when zero
	Bytes   int64         // 4 GiB when zero
}

// fetch downloads an address into a file (PL-60). The file appears once it is whole, with the digest that the address may name.
func (h *hand) fetch(ctx context.Context, address, path string) error {
	u, err := url.Parse(address)
	if err != nil {
		return fmt.Errorf("read the address: %w", err)
	}
	digest, err := digestOf(u.Fragment)
	if err != nil {
		return err
	}
	u.Fragment = ""
	total := cmp.Or(h.download.Total, 10*time.Minute)
	ctx, cancel := context.WithTimeoutCause(ctx, total, fmt.Errorf("it is not here after %v", total))
	defer cancel()
	from, err := h.open(ctx, u)
	if err != nil {
		return err
	}
	defer from.Close()
	limit := cmp.Or(h.download.Bytes, 4<<30)
	sum := sha256.New()
	return appear(path, 0o644, func(w io.Writer) error {
		n, err := io.Copy(io.MultiWriter(w, sum), io.LimitReader(from, limit+1))
		switch got := hex.EncodeToString(sum.Sum(nil)); {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil:
			return err
		case n > limit:
			return fmt.Errorf("it has more than %d bytes", limit)
		case digest != "" && got != digest:
			return fmt.Errorf("its SHA-256 is %s, not the one that the recipe names; what is there was changed, or the address is another's", got)
		}
		return nil
	})
}

// digestOf reads sha256=HEX.
func digestOf(fragment string) (string, error) {
	text, named := strings.CutPrefix(fragment, "sha256=")
	if !named {
		return "", nil
	}
	if b, err := hex.DecodeString(text); err != nil || len(b) != sha256.Size {
		return "", fmt.Errorf("#%s is no SHA-256 of 64 hexadecimal digits", fragment)
	}
	return strings.ToLower(text), nil
}

// open asks for what an address names.
func (h *hand) open(ctx context.Context, u *url.URL) (io.ReadCloser, error) {
	switch strings.ToLower(u.Scheme) {
	case "file":
		if u.Host != "" && u.Host != "localhost" {
			return nil, fmt.Errorf("file://%s names another machine", u.Host)
		}
		return os.Open(filepath.FromSlash(cmp.Or(u.Path, u.Opaque)))
	case "http", "https":
	default:
		return nil, fmt.Errorf("%q is no address of http, https, file", u.Redacted())
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	connect := cmp.Or(h.download.Connect, time.Minute)
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: connect}).DialContext, TLSHandshakeTimeout: connect, DisableKeepAlives: true,
	}
	answer, err := (&http.Client{Transport: transport, CheckRedirect: redirect}).Do(request)
	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return nil, fmt.Errorf("ask %s: %w", u.Redacted(), err)
	}
	if answer.StatusCode != http.StatusOK {
		return nil, errors.Join(fmt.Errorf("%s answers %s", u.Redacted(), answer.Status), answer.Body.Close())
	}
	return answer.Body, nil
}

// redirect follows ten times, never from https to http.
func redirect(next *http.Request, before []*http.Request) error {
	if len(before) >= 10 {
		return errors.New("it is sent on more than ten times")
	}
	if before[0].URL.Scheme == "https" && next.URL.Scheme != "https" {
		return fmt.Errorf("it is sent on to %s, which is not encrypted", next.URL.Redacted())
	}
	return nil
}
