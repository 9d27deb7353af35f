package bus

import "context"

// Account is a user of the broker with what it may do: anchored regular expressions over names of queues and exchanges
// (messaging.md 15.6).
type Account struct {
	Name, Password         string
	Configure, Write, Read string
}

// Accounts manages the users of a broker of ours. Both are idempotent; they wait for the broker, for as long as ctx allows.
type Accounts interface {
	Ensure(ctx context.Context, a Account) error
	Remove(ctx context.Context, name string) error
}

// Settings say how to reach a broker. They travel to agents in their user data (MS-43): whoever prints them leaves out Password and Key.
type Settings struct {
	Addresses  []string // host:port, tried in random order
	VHost      string   // virtual host; "" for "/"
	User       string
	Password   string
	TLS        bool
	CA         string // PEM; "" for the roots of the system
	ServerName string // expected in the certificate; "" for the host of the address
	Cert, Key  string // PEM of the client; "" for none
	// Insecure accepts any certificate of the server; a warning is told as long as it lasts.
	Insecure bool
	// Quorum asks for quorum queues (MS-70), which RabbitMQ has; our own broker and single-node simulations take classic ones.
	Quorum bool
}
