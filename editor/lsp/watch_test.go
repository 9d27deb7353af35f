package lsp

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/roboconf/workbench/editor/lsp/protocol"
	"github.com/roboconf/workbench/editor/lsp/rpc"
)

// For a client that does not watch files, the server does: what others write is told. On real time, since it is a real watch.
func TestServerWatchesForWhoCannot(t *testing.T) {
	dir := lamp(t)
	fromClient, toServer := io.Pipe()
	fromServer, toClient := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		code, err := Serve(context.WithoutCancel(t.Context()), fromClient, toClient, Options{})
		if err != nil {
			t.Error(err)
		}
		toClient.Close()
		ended <- code
	}()
	say := func(m string) {
		if _, err := toServer.Write(rpc.Frame([]byte(m))); err != nil {
			t.Error(err)
		}
	}
	incoming := rpc.NewReader(fromServer)
	until := func(word string) {
		for {
			content, err := incoming.Read()
			if err != nil {
				t.Fatalf("nothing says %s: %v", word, err)
			}
			if strings.Contains(string(content), word) {
				return
			}
		}
	}
	say(fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{},"rootUri":%q}}`, protocol.FileURI(dir)))
	until(`"id":1`)
	say(`{"jsonrpc":"2.0","method":"initialized","params":{}}`)
	graph := filepath.Join(dir, "graph", "main.graph")
	say(fmt.Sprintf(`{"jsonrpc":"2.0","id":2,"method":"textDocument/hover","params":{"textDocument":{"uri":%q},"position":{"line":0,"character":0}}}`, protocol.FileURI(graph)))
	until(`"id":2`)
	if err := os.WriteFile(graph, []byte("?\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	until("P_UNRECOGNIZED_BLOCK")
	say(`{"jsonrpc":"2.0","id":3,"method":"shutdown"}`)
	until(`"id":3`)
	say(`{"jsonrpc":"2.0","method":"exit"}`)
	if code := <-ended; code != 0 {
		t.Errorf("ends with %d", code)
	}
	toServer.Close()
}
