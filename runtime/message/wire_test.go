package message

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/roboconf/workbench/internal/golden"
	"github.com/roboconf/workbench/model"
	"github.com/roboconf/workbench/runtime/lifecycle"
)

var (
	at    = time.Date(2026, 3, 2, 10, 15, 30, 123456000, time.UTC)
	ids   = NewIDs("test", 0)
	other = ids.Next()
	vars  = []model.Variable{{Name: "MySQL.ip", Value: model.Text("10.0.0.1")}, {Name: "MySQL.port"}}
	one   = Import{Prefix: "MySQL", App: "shop", Path: "/db vm/mysql", Vars: vars}
	busy  = &Busy{Path: "/vm/a", Operation: lifecycle.Update, Since: at}
	file  = File{Name: "scripts/start.sh", SHA256: strings.Repeat("0a", 32), Size: 2, Mode: "0755", Data: []byte("#!")}
)

func sampleGraph() *model.Graph {
	return model.NewGraph([]*model.Component{
		{Name: "VM", Installer: model.Ref{Name: "target"}, Children: []model.Ref{{Name: "Db"}}},
		{
			Name: "MySQL", Installer: model.Ref{Name: "script"}, Extends: model.Ref{Name: "Base"}, Facets: []model.Ref{{Name: "Db"}},
			Exports: []model.Variable{{Name: "ip"}, {Name: "port", Random: true, Kind: "port"}, {Name: "v", Value: model.Text("")}},
			Imports: []model.Import{{Prefix: "Peer", Name: "*", Optional: true}, {Prefix: "Lb", Name: "ip", External: true}},
		},
	}, []*model.Facet{{Name: "Db", Extends: []model.Ref{{Name: "Any"}}, Exports: []model.Variable{{Name: "x", Value: model.Text("1")}}}})
}

func sampleTree() *model.Instance {
	return &model.Instance{
		Name: "vm 1", Component: "VM", Channels: []string{"a"}, Data: map[string]string{"k": "v", "b": ""},
		Overrides: []model.Override{{Name: "MySQL.port", Value: "1"}, {Name: "MySQL.port", Value: "2"}}, State: "NOT_DEPLOYED",
		Children: []*model.Instance{{Name: "mysql", Component: "MySQL"}},
	}
}

// samples has one body of every type at least, with everything filled in.
func samples() []Body {
	return []Body{
		&ModelSet{
			Revision: 3, Gen: 2, Graph: sampleGraph(), Root: sampleTree(),
			Ancestors:      []Ancestor{{Path: "/host", Component: "Host", Address: "10.0.0.9", Exports: vars}},
			ExternalPrefix: "Shop", ExternalExports: []model.Export{{Variable: "MySQL.ip", Alias: "db"}},
			Bindings: []Binding{{Prefix: "Lb", Apps: []string{"a", "b"}}}, Scripts: []File{file},
		},
		&InstanceAdd{Parent: "/vm 1", Node: sampleTree(), Revision: 4},
		&InstanceRemove{Path: "/vm 1/mysql", Revision: 5},
		&InstanceRequest{Path: "/vm 1/mysql", Status: lifecycle.DeployedStarted, Files: []File{file}, DryRun: true, Timeout: time.Minute},
		&InstanceRequest{Path: "/vm 1/mysql", Status: lifecycle.NotDeployed},
		&OperationCancel{Request: other},
		&InstancesSend{},
		&ExportsResync{},
		&BindingChange{Prefix: "Lb", Apps: []string{"a", "b"}},
		&Ping{Text: "hello\n\"world\"\x01 é \u2028", Nonce: "1"},
		&AgentReset{Reason: "recycled", Epoch: "e"},
		&AgentHeartbeat{
			Address: "10.0.0.1", ModelRequired: true, ModelRevision: 3, ModelDigest: "d", BootID: "b", Version: "1", Queue: 4, Busy: busy,
		},
		&AgentHeartbeat{},
		&AgentGoodbye{Reason: Released},
		&InstanceChanged{
			Path: "/vm 1/mysql", Status: lifecycle.Unresolved, Imports: []Import{one}, StateSeq: 1 << 60,
			Problem: &lifecycle.Failure{Time: at, Operation: "start", Request: other, ExitCode: -1, Message: "no"},
			Why:     Why{Kind: WhyFailed, Prefix: "p", Path: "/x", Detail: "start"},
		},
		&InstanceRemoved{Path: "/vm 1/mysql"},
		&RequestResult{Request: other, Path: "/vm 1/mysql", Outcome: Failed, Reason: "no", ExitCode: 3, Took: 1500 * time.Millisecond},
		&RecipeOutput{Request: other, Path: "/vm 1/mysql", Operation: lifecycle.Start, Stream: "err", Offset: 7, Text: "x", Truncated: true},
		&Pong{Text: "t", Nonce: "n", Busy: busy},
		&ImportAdd{App: "shop", Prefix: "MySQL", Path: "/db vm/mysql", Vars: vars, Gen: 1, Seq: 9},
		&ImportRemove{App: "shop", Prefix: "MySQL", Path: "/db vm/mysql", Gen: 1, Seq: 10, Origin: FromManager, Final: true},
		&ImportRequest{App: "shop", Prefix: "MySQL"},
		&ProbesSet{Path: "/vm 1/mysql", Files: []File{file}},
		&LogLevel{Level: LevelDebug, Logger: "bus"},
		&LogsGather{MaxBytes: 1 << 20, Since: at},
		&LogsGather{},
		&MessagingSwitch{Kind: "rabbitmq", Settings: map[string]string{"b": "", "a": "x"}, Deadline: at},
		&BlobChunk{SHA256: file.SHA256, Offset: 3, Total: 7, Data: []byte{0, 1, 0xff, '\n'}},
		&BlobChunk{SHA256: file.SHA256, Missing: true},
		&BlobWant{Items: []string{file.SHA256, strings.Repeat("b1", 32)}},
		&LogsChunk{Request: other, File: "agent/log.1", Offset: 0, Total: 2, Data: []byte("ok")},
		&ProbeEvent{Path: "/vm 1/mysql", Event: "load-high", Handler: "nagios", Info: "GET services", Value: "17"},
	}
}

func wrapped(b Body) *Envelope {
	return &Envelope{
		ID: other, Type: b.Type(), Time: at, Domain: "default", Corr: "do-1", Cause: other, Trace: "00-1-2-01", Expires: at.Add(time.Second),
		From: From{Kind: FromAgent, App: "shop", Scope: "/tc-vm-1", Epoch: "e-1", Seq: 418}, Body: b,
	}
}

var graphs = cmp.Transformer("graph", func(g *model.Graph) [2]any { return [2]any{g.Components(), g.Facets()} })

// messaging.md 12, 13.1 to 13.3: every body comes back as it was.
func TestRoundTrip(t *testing.T) {
	for i, b := range samples() {
		t.Run(fmt.Sprintf("%s %d", b.Type(), i), func(t *testing.T) {
			e := wrapped(b)
			data, err := Encode(e)
			if err != nil {
				t.Fatal(err)
			}
			back, err := Decode(data)
			if err != nil {
				t.Fatalf("%v\n%s", err, data)
			}
			if diff := cmp.Diff(e, back, graphs); diff != "" {
				t.Errorf("%s changed on the way:\n%s", b.Type(), diff)
			}
			again, err := Encode(back)
			if err != nil || !bytes.Equal(data, again) {
				t.Errorf("written twice: %s\n%s\n%v", data, again, err)
			}
		})
	}
}

// The wire form is a contract with other versions: a person reads every change of it.
func TestWireForm(t *testing.T) {
	var all bytes.Buffer
	for _, b := range samples() {
		data, err := Encode(wrapped(b))
		if err != nil {
			t.Fatal(err)
		}
		all.Write(data)
		all.WriteByte('\n')
	}
	golden.Equal(t, "wire.jsonl", all.Bytes())
}

// MS-50, MS-51, messaging.md 12: what is refused, why, where it stands.
func TestRefused(t *testing.T) {
	good, err := Encode(wrapped(&ImportAdd{App: "shop", Prefix: "P", Path: "/a", Vars: vars, Gen: 1, Seq: 1}))
	if err != nil {
		t.Fatal(err)
	}
	swap := func(old, repl string) string {
		if !strings.Contains(string(good), old) {
			t.Fatalf("%s is not in %s", old, good)
		}
		return strings.Replace(string(good), old, repl, 1)
	}
	tests := []struct {
		name, data string
		reason     error
		detail     string
	}{
		{"MS-50 size", strings.Repeat(" ", MaxBytes) + string(good), ErrSize, "are allowed"},
		{"no JSON", "hello", ErrSyntax, "no value begins"},
		{"empty", "", ErrSyntax, "ends"},
		{"truncated", string(good[:len(good)-2]), ErrSyntax, ""},
		{"something behind", string(good) + "{}", ErrSyntax, "behind"},
		{"an array", "[]", ErrSyntax, "is an object"},
		{"MS-51 nesting", strings.Repeat("[", 33) + strings.Repeat("]", 33), ErrSyntax, "32 levels"},
		{"MS-51 twice", swap(`"domain"`, `"v":1,"domain"`), ErrSyntax, `"v" stands there twice`},
		{"MS-51 NUL", swap("do-1", `do\u0000`), ErrSyntax, "NUL"},
		{"MS-51 UTF-8", swap("do-1", "do\xff"), ErrSyntax, "UTF-8"},
		{"MS-51 half a pair", swap("do-1", `do\ud800`), ErrSyntax, "surrogate"},
		{"raw control character", swap("do-1", "do\n"), ErrSyntax, "control"},
		{"number", swap(`"v":1`, `"v":01`), ErrSyntax, "no number"},
		{"version", swap(`"v":1`, `"v":2`), ErrVersion, "version 2"},
		{"no version", swap(`"v":1,`, ``), ErrSchema, "v: is missing"},
		{"version as text", swap(`"v":1`, `"v":"1"`), ErrSchema, "v: is a text, not a number"},
		{"unknown type", swap("import.add", "import.multiply"), ErrUnknownType, ""},
		{"no type at all", swap("import.add", "Import Add"), ErrSchema, "no type of a message"},
		{"id", swap(other, "17"), ErrSchema, `id: "17" is no UUID`},
		{"time", swap(`30.123456Z`, `30.123456+01:00`), ErrSchema, "time:"},
		{"domain", swap(`"default"`, `""`), ErrSchema, "domain: is empty"},
		{"kind of sender", swap(`"kind":"agent"`, `"kind":"person"`), ErrSchema, "from.kind"},
		{"scope of sender", swap(`"scope":"/tc-vm-1",`, ``), ErrSchema, "from.scope: is missing"},
		{"number of message", swap(`"seq":418`, `"seq":0`), ErrSchema, "from.seq: begins with 1"},
		{"path", swap(`"path":"/a"`, `"path":"a"`), ErrSchema, `body.path: "a" is no path`},
		{"variable", swap(`"MySQL.port":null`, `"MySQL.port":7`), ErrSchema, "body.vars.MySQL.port: is a number"},
		{"number with a point", swap(`"gen":1`, `"gen":1.5`), ErrSchema, "body.gen"},
		{"negative number", swap(`"gen":1`, `"gen":-1`), ErrSchema, "body.gen"},
		{"no body", swap(`"body":`, `"bodies":`), ErrSchema, "body: is missing"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Decode([]byte(test.data))
			var refused *Error
			if !errors.As(err, &refused) || !errors.Is(err, test.reason) || !strings.Contains(err.Error(), test.detail) {
				t.Errorf("Decode says %v, want %v with %q", err, test.reason, test.detail)
			}
		})
	}
}

// LC-2, MS-65: bodies are checked as closely as the envelope.
func TestRefusedBodies(t *testing.T) {
	request := wrapped(&InstanceRequest{Path: "/a", Status: lifecycle.DeployedStarted, Files: []File{file}})
	data, err := Encode(request)
	if err != nil {
		t.Fatal(err)
	}
	tests := [][3]string{
		{"DEPLOYED_STARTED", "UNRESOLVED", "body.status: UNRESOLVED cannot be asked for"},
		{"DEPLOYED_STARTED", "RUNNING", `body.status: "RUNNING" is no state`},
		{"scripts/start.sh", "../start.sh", "body.files[0].name"},
		{"scripts/start.sh", "/start.sh", "is absolute"},
		{"scripts/start.sh", `a\\b`, "backslash"},
		{"scripts/start.sh", "c:x", "drive"},
		{`"0755"`, `"4755"`, "body.files[0].mode"},
		{strings.Repeat("0a", 32), "0A", "SHA-256"},
		{`"size":2`, `"size":3`, "2 bytes, not 3"},
		{"IyE=", "IyE", "base64"},
	}
	for _, test := range tests {
		if _, err := Decode(bytes.Replace(data, []byte(test[0]), []byte(test[1]), 1)); err == nil || !strings.Contains(err.Error(), test[2]) {
			t.Errorf("%s instead of %s: %v, want %q", test[1], test[0], err, test[2])
		}
	}
}

// LC-4, messaging.md 12: any letter case of a state is read, unknown fields are ignored.
func TestTolerated(t *testing.T) {
	data, err := Encode(wrapped(&InstanceRequest{Path: "/a", Status: lifecycle.DeployedStarted}))
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(data), "DEPLOYED_STARTED", "deployed_Started", 1)
	text = strings.Replace(text, `"body":{`, `"later":[1,{"x":null}],"body":{"PATH":"/b","new":{"deep":[]},`, 1)
	e, err := Decode([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if b := e.Body.(*InstanceRequest); b.Status != lifecycle.DeployedStarted || b.Path != "/a" {
		t.Errorf("read %+v", b)
	}
}

// MS-50: the sender finds out first.
func TestEncodeRefuses(t *testing.T) {
	tests := []struct {
		body   Body
		reason error
	}{
		{&Ping{Nonce: "1", Text: strings.Repeat("x", MaxBytes)}, ErrSize},
		{&Ping{Nonce: "1", Text: "\xff"}, ErrSchema},
		{&Ping{Nonce: "1", Text: "\x00"}, ErrSchema},
		{&ImportAdd{App: "a", Prefix: "P", Path: "/a", Vars: []model.Variable{{Name: "P.x"}, {Name: "P.x"}}}, ErrSchema},
		{strange{}, ErrUnknownType},
	}
	for _, test := range tests {
		if _, err := Encode(wrapped(test.body)); !errors.Is(err, test.reason) {
			t.Errorf("%T: %v, want %v", test.body, err, test.reason)
		}
	}
	big := wrapped(&Ping{Nonce: "1", Text: strings.Repeat("x", MaxBytes)})
	c := Codec{MaxBytes: 2 * MaxBytes}
	data, err := c.Encode(big)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Decode(data); err != nil {
		t.Error(err)
	}
	if (Codec{MaxBytes: 1 << 30}).limit() != HardMaxBytes {
		t.Error("MS-50: a setting goes beyond the hard maximum")
	}
}

type strange struct{}

func (strange) Type() string { return "strange.thing" }

func FuzzDecode(f *testing.F) {
	for _, b := range samples() {
		data, err := Encode(wrapped(b))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(`{"v":1,"x":"\ud83d\ude00","y":[1e5,-0.5,true,null]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := Decode(data)
		if err != nil {
			var refused *Error
			if !errors.As(err, &refused) {
				t.Fatalf("an error without reason: %v", err)
			}
			return
		}
		once, err := Codec{MaxBytes: HardMaxBytes}.Encode(e)
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		back, err := Codec{MaxBytes: HardMaxBytes}.Decode(once)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, once)
		}
		twice, err := Codec{MaxBytes: HardMaxBytes}.Encode(back)
		if err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("not stable:\n%s\n%s\n%v", once, twice, err)
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	for _, body := range []Body{&AgentHeartbeat{Address: "10.0.0.1", ModelRevision: 3}, &InstanceChanged{Path: "/vm/mysql", Imports: []Import{one}}} {
		b.Run(body.Type(), func(b *testing.B) {
			e := wrapped(body)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Encode(e); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	for _, body := range []Body{&AgentHeartbeat{Address: "10.0.0.1", ModelRevision: 3}, &InstanceChanged{Path: "/vm/mysql", Imports: []Import{one}}} {
		b.Run(body.Type(), func(b *testing.B) {
			data, err := Encode(wrapped(body))
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				if _, err := Decode(data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
