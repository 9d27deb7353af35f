package docker

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"github.com/moby/moby/api/pkg/stdcopy"
)

// answered reads the messages of a long request to their end; an error among them is the error of the request.
func answered(r io.Reader) error {
	for messages := json.NewDecoder(r); ; {
		var m struct {
			Error string `json:"error"`
		}
		switch err := messages.Decode(&m); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case m.Error != "":
			return errors.New(m.Error)
		}
	}
}

// readable gives the text of a container's logs, without the headers of its two streams.
func readable(r io.Reader) string {
	const most = 64 << 10
	var text bytes.Buffer
	_, _ = stdcopy.StdCopy(&text, &text, io.LimitReader(r, most)) // as far as it goes: it is for people
	return text.String()
}
