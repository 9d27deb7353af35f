package message

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// MS-65: a piece of a file of the largest size travels in an envelope of the default limit, and comes back byte for byte.
func TestLargestChunk(t *testing.T) {
	data := bytes.Repeat([]byte{0, 0xff, 'a', '"'}, MaxChunk/4)
	raw, err := Encode(wrapped(&BlobChunk{SHA256: file.SHA256, Offset: 5, Total: int64(len(data)) + 5, Data: data}))
	if err != nil {
		t.Fatal(err)
	}
	e, err := Decode(raw)
	if err != nil {
		t.Fatal(err)
	}
	if back := e.Body.(*BlobChunk); !bytes.Equal(back.Data, data) {
		t.Error("the bytes changed on the way")
	}
	_, err = Encode(wrapped(&BlobChunk{SHA256: file.SHA256, Total: MaxChunk + 1, Data: append(data, 'x')}))
	if !errors.Is(err, ErrSchema) {
		t.Errorf("a piece that is too large is written: %v", err)
	}
}

// MS-65, messaging.md 13: pieces of files, lists of digests, levels, settings are checked like everything else.
func TestRefusedTransfers(t *testing.T) {
	chunk := &BlobChunk{SHA256: file.SHA256, Offset: 3, Total: 7, Data: []byte("abcd")}
	many := &BlobWant{Items: make([]string, MaxFiles+1)}
	for i := range many.Items {
		many.Items[i] = file.SHA256
	}
	tests := []struct {
		body             Body
		old, repl, wants string
	}{
		{chunk, file.SHA256, "../x", "body.sha256"},
		{chunk, `"total":7`, `"total":6`, "behind the end"},
		{chunk, "YWJjZA==", "YWJjZA", "no base64"},
		{chunk, `"offset":3`, `"offset":-3`, "body.offset"},
		{chunk, `"data":"YWJjZA=="`, `"x":1`, "body.data: is missing"},
		{many, "", "", "5000 are allowed"},
		{&BlobWant{Items: []string{file.SHA256}}, file.SHA256, "passwd", "no SHA-256"},
		{&LogLevel{Level: LevelTrace}, `"level":"trace"`, `"level":"all"`, "none of off"},
		{&LogsChunk{Request: other, File: "a", Total: 1}, `"file":"a"`, `"file":"../a"`, "body.file"},
		{&MessagingSwitch{Kind: "x", Settings: map[string]string{"a": "b"}, Deadline: at}, `"a":"b"`, `"a":1`, "body.settings.a"},
		{&ProbesSet{Path: "/a", Files: []File{file}}, "scripts/start.sh", "/etc/passwd", "is absolute"},
		{&ProbeEvent{Path: "/a", Event: "e"}, `"event":"e"`, `"event":""`, "body.event: is empty"},
	}
	for _, test := range tests {
		data, err := Encode(wrapped(test.body))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(data, []byte(test.old)) {
			t.Fatalf("%s is not in %s", test.old, data)
		}
		_, err = Decode(bytes.Replace(data, []byte(test.old), []byte(test.repl), 1))
		if err == nil || !strings.Contains(err.Error(), test.wants) {
			t.Errorf("%s instead of %s in %s: %v, want %q", test.repl, test.old, test.body.Type(), err, test.wants)
		}
	}
}
