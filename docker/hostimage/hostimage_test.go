package hostimage

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// tiny makes a host with three packages: base depends on one of tool, other; doc is alone.
func tiny(t *testing.T) string {
	root := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		where := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(where), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(where, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write("var/lib/dpkg/status", `Package: base
Essential: yes
Status: install ok installed
Architecture: amd64
Depends: other (>= 2) | tool:any, virtual

Package: tool
Status: install ok installed
Multi-Arch: same
Architecture: amd64
Provides: virtual (= 1)

Package: gone
Status: deinstall ok config-files

Package: doc
Status: install ok installed
`)
	write("var/lib/dpkg/info/base.list", "/.\n/bin\n/bin/sh\n/usr\n/usr/share/doc/base\n/etc/base.conf\n")
	write("var/lib/dpkg/info/tool:amd64.list", "/.\n/usr/bin/tool\n/usr/share/doc/tool\n/bin/sh\n")
	write("var/lib/dpkg/info/doc.list", "/.\n/usr/share/doc/doc\n")
	write("var/lib/dpkg/diversions", "/bin/sh\n/bin/sh.tool\nbase\n")
	write("var/lib/dpkg/alternatives/do", "auto\n/usr/bin/do\ndo.1\n/usr/share/man/do.1\n\n/usr/bin/tool\n10\n\n")
	write("usr/bin/sh", "base's shell")
	write("usr/bin/sh.tool", "tool's shell")
	write("usr/bin/tool", "a tool")
	write("usr/share/doc/base", "words")
	write("usr/share/doc/tool", "words")
	write("usr/share/doc/doc", "words")
	write("etc/base.conf", "a=b")
	write("etc/passwd", "root:x:0:0:root:/root:/bin/sh\nann:x:1000:1000:Ann:/home/ann:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n")
	write("etc/group", "root:x:0:ann\npeople:x:1000:\n")
	for name, to := range map[string]string{"bin": "usr/bin", "usr/bin/do": "/etc/alternatives/do", "etc/alternatives/do": "/usr/bin/tool"} {
		if err := os.MkdirAll(filepath.Join(root, path.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(to, filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func unpack(t *testing.T, r io.Reader) (names []string, content map[string]string) {
	t.Helper()
	content = map[string]string{}
	for archive := tar.NewReader(r); ; {
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return names, content
		}
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(h.Name, "/")
		if slices.Contains(names, name) {
			t.Fatalf("%s is there twice", name)
		}
		names = append(names, name)
		text, err := io.ReadAll(archive)
		if err != nil {
			t.Fatal(err)
		}
		content[name] = string(text)
		if h.Linkname != "" {
			content[name] = "-> " + h.Linkname
		}
	}
}

func TestAnArchiveHoldsWhatIsNeeded(t *testing.T) {
	h, err := Open(tiny(t))
	if err != nil {
		t.Fatal(err)
	}
	packages, missing := h.Closure("absent", "virtual")
	if !slices.Equal(packages, []string{"base", "tool"}) || !slices.Equal(missing, []string{"absent"}) {
		t.Fatalf("%q, missing %q", packages, missing)
	}
	if h.Installed("gone") || !h.Installed("doc") {
		t.Error("what is installed is misread")
	}
	var b bytes.Buffer
	if _, err := h.Write(t.Context(), &b, packages, Options{}); err != nil {
		t.Fatal(err)
	}
	names, content := unpack(t, bytes.NewReader(b.Bytes()))
	for name, want := range map[string]string{
		"bin": "-> usr/bin", "usr/bin/sh": "base's shell", "usr/bin/sh.tool": "tool's shell", "usr/bin/tool": "a tool",
		"usr/bin/do": "-> /etc/alternatives/do", "etc/alternatives/do": "-> /usr/bin/tool", "etc/base.conf": "a=b",
		"etc/passwd": "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n", "etc/group": "root:x:0:\n",
		"etc/shadow": "root:*:19000:0:99999:7:::\nnobody:*:19000:0:99999:7:::\n",
	} {
		if content[name] != want {
			t.Errorf("%s holds %q, want %q", name, content[name], want)
		}
	}
	if slices.Contains(names, "usr/share/doc/base") || slices.Contains(names, "usr/share/man/do.1") {
		t.Error("documents are in it")
	}
	if slices.Index(names, "bin") > slices.Index(names, "usr/bin/sh") {
		t.Error("links of the merged usr come late")
	}
	if !strings.Contains(content["var/lib/dpkg/status"], "Package: tool") || strings.Contains(content["var/lib/dpkg/status"], "Package: doc") {
		t.Errorf("dpkg would believe %q", content["var/lib/dpkg/status"])
	}
	var again bytes.Buffer
	if _, err := h.Write(t.Context(), &again, packages, Options{}); err != nil || !bytes.Equal(b.Bytes(), again.Bytes()) {
		t.Errorf("the second archive differs (%v)", err)
	}
}

func TestAWriteCanBeCancelled(t *testing.T) {
	h, err := Open(tiny(t))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Write(ctx, io.Discard, []string{"base"}, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestAHostWithoutDebian(t *testing.T) {
	if _, err := Open(t.TempDir()); !errors.Is(err, ErrNoDebian) {
		t.Errorf("%v", err)
	}
}

// The host itself, when it is a Debian: everything essential travels.
func TestThisHost(t *testing.T) {
	h, err := Open("/")
	if errors.Is(err, ErrNoDebian) {
		t.Skip("needs a host with Debian's packages")
	}
	if err != nil {
		t.Fatal(err)
	}
	packages, _ := h.Closure("bash")
	var b bytes.Buffer
	sum, err := h.Write(t.Context(), &b, packages, Options{})
	if err != nil {
		t.Fatal(err)
	}
	names, _ := unpack(t, &b)
	for _, name := range []string{"usr/bin/bash", "usr/bin/dash", "usr/bin/sed", "usr/bin/awk", "etc/passwd"} {
		if !slices.Contains(names, name) {
			t.Errorf("%s is not in it", name)
		}
	}
	t.Logf("%d packages, %d files, %d MB, %d skipped", sum.Packages, sum.Files, sum.Bytes>>20, len(sum.Skipped))
}

func BenchmarkWrite(b *testing.B) {
	h, err := Open("/")
	if err != nil {
		b.Skip("needs a host with Debian's packages")
	}
	packages, _ := h.Closure(Minimal...)
	for b.Loop() {
		sum, err := h.Write(b.Context(), io.Discard, packages, Options{})
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(sum.Bytes)
	}
}
