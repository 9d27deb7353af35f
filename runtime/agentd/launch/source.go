package launch

import (
	"context"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/roboconf/workbench/runtime/userdata"
)

// source reads user data where the setting "parameters" says (MS-43, TG-41).
type source struct {
	from     string
	metadata string // of the infrastructure, without a slash at the end
	azure    string // folder of the guest agent
	vmware   string // folder of temporary files
	client   *http.Client
	// What may not be there yet is tried again, this often, with these pauses.
	tries int
	pause time.Duration
}

func newSource(v values) *source {
	return &source{
		from: v["parameters"], metadata: strings.TrimSuffix(v["metadata"], "/"), azure: "/var/lib/waagent", vmware: os.TempDir(),
		client: &http.Client{Timeout: 10 * time.Second}, tries: 30, pause: 2 * time.Second,
	}
}

// told is what was read.
type told struct {
	text    string
	address string // of the machine, when the infrastructure says it
}

// reset is the word that stands for no user data: the agent forgets what it has (TG-41).
const reset = "@reset@"

// read reads user data; files are read once, what comes from elsewhere is asked for until it is there.
func (s *source) read(ctx context.Context) (t told, err error) {
	var once func(context.Context) (told, error)
	tries := s.tries
	switch from := s.from; {
	case from == "":
		return told{}, nil
	case from == "@iaas-ec2", from == "@iaas-openstack":
		once = s.service
	case from == "@iaas-azure":
		once = s.guest
	case from == "@iaas-vmware":
		once = func(context.Context) (told, error) { return s.file(filepath.Join(s.vmware, "roboconf.properties")) }
	case strings.HasPrefix(from, "http://"), strings.HasPrefix(from, "https://"):
		once = func(ctx context.Context) (told, error) {
			text, err := s.get(ctx, from, nil)
			return told{text: text}, err
		}
	case strings.HasPrefix(from, "@"):
		return told{}, fmt.Errorf("read user data: %q is no place that is known", from)
	default:
		once, tries = func(context.Context) (told, error) { return s.file(from) }, 1
	}
	for n := 1; ; n++ {
		if t, err = once(ctx); err == nil {
			return t, nil
		}
		if n >= tries || ctx.Err() != nil {
			return t, fmt.Errorf("read user data from %s: %w", s.from, err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(s.pause):
		}
	}
}

// file reads a path, or a file: address.
func (s *source) file(name string) (told, error) {
	if strings.HasPrefix(name, "file:") {
		u, err := url.Parse(name)
		if err != nil || u.Path == "" || u.Host != "" && u.Host != "localhost" {
			return told{}, fmt.Errorf("%q names no file of this machine", name)
		}
		name = filepath.FromSlash(u.Path)
	}
	f, err := os.Open(name)
	if err != nil {
		return told{}, err
	}
	defer f.Close()
	text, err := limited(f)
	return told{text: text}, err
}

func limited(r io.Reader) (string, error) {
	text, err := io.ReadAll(io.LimitReader(r, userdata.MaxBytes+1))
	if err == nil && len(text) > userdata.MaxBytes {
		err = fmt.Errorf("it has more than %d bytes", userdata.MaxBytes)
	}
	return string(text), err
}

// get asks a server.
func (s *source) get(ctx context.Context, address string, header http.Header) (string, error) {
	return s.do(ctx, http.MethodGet, address, header)
}

func (s *source) do(ctx context.Context, method, address string, header http.Header) (string, error) {
	r, err := http.NewRequestWithContext(ctx, method, address, nil)
	if err != nil {
		return "", err
	}
	for name := range header {
		r.Header.Set(name, header.Get(name))
	}
	answer, err := s.client.Do(r)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s answers %s", address, answer.Status)
	}
	return limited(answer.Body)
}

// service asks the metadata service that EC2 and OpenStack have, with a token where it gives one.
func (s *source) service(ctx context.Context) (told, error) {
	header := http.Header{}
	if token, err := s.do(ctx, http.MethodPut, s.metadata+"/latest/api/token", http.Header{"X-Aws-Ec2-Metadata-Token-Ttl-Seconds": {"300"}}); err == nil {
		header.Set("X-Aws-Ec2-Metadata-Token", strings.TrimSpace(token))
	}
	text, err := s.get(ctx, s.metadata+"/latest/user-data", header)
	if err != nil {
		return told{}, err
	}
	t := told{text: plain(text)}
	for _, name := range []string{"public-ipv4", "local-ipv4"} {
		if address, err := s.get(ctx, s.metadata+"/latest/meta-data/"+name, header); err == nil && strings.TrimSpace(address) != "" {
			t.address = strings.TrimSpace(address)
			break
		}
	}
	return t, nil
}

// plain undoes the base64 that some infrastructures leave around user data.
func plain(text string) string {
	compact := strings.Join(strings.Fields(text), "")
	if data, err := base64.StdEncoding.DecodeString(compact); err == nil && len(data) > 0 && !strings.Contains(text, "=\n") {
		return string(data)
	}
	return text
}

// guest reads what the guest agent of Azure leaves on the disk.
func (s *source) guest(context.Context) (told, error) {
	custom, err := element(filepath.Join(s.azure, "ovf-env.xml"), func(e xml.StartElement, d *xml.Decoder) (string, bool) {
		var text string
		ok := e.Name.Local == "CustomData" && d.DecodeElement(&text, &e) == nil
		return text, ok
	})
	if err != nil {
		return told{}, err
	}
	t := told{text: plain(custom)}
	t.address, err = element(filepath.Join(s.azure, "SharedConfig.xml"), func(e xml.StartElement, _ *xml.Decoder) (string, bool) {
		for _, a := range e.Attr {
			if e.Name.Local == "Instance" && a.Name.Local == "address" {
				address, _, _ := strings.Cut(a.Value, ":")
				return address, true
			}
		}
		return "", false
	})
	if errors.Is(err, fs.ErrNotExist) {
		err = nil // the address is found otherwise
	}
	return t, err
}

// element gives what the first element that somebody is looking for has.
func element(path string, is func(xml.StartElement, *xml.Decoder) (string, bool)) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	d := xml.NewDecoder(io.LimitReader(f, 1<<20))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return "", fmt.Errorf("%s does not have it", path)
		}
		if err != nil {
			return "", fmt.Errorf("read %s: %w", path, err)
		}
		if e, ok := token.(xml.StartElement); ok {
			if text, found := is(e, d); found {
				return text, nil
			}
		}
	}
}
