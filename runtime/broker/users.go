package broker

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"regexp"

	"github.com/roboconf/workbench/runtime/broker/record"
)

// account is a user as it is held: without its password.
type account struct {
	name       string
	salt, hash []byte
	text       [3]string         // configure, write, read, as they were given
	may        [3]*regexp.Regexp // the same; nil for nothing
	kept       bool              // on disk: made by Ensure, not by Config
}

// permission is what a user may do with a name.
type permission uint8

const (
	configure permission = iota
	write
	read
)

var permissionNames = [...]string{"configure", "write", "read"}

func newAccount(u User) (*account, error) {
	a := &account{name: u.Name, salt: make([]byte, 16), text: [3]string{u.Configure, u.Write, u.Read}}
	if u.Name == "" {
		return nil, errors.New("make a user: it has no name")
	}
	rand.Read(a.salt)
	if u.Password != "" { // without one, only a certificate proves who it is
		a.hash = hash(a.salt, u.Password)
	}
	if err := a.compile(); err != nil {
		return nil, err
	}
	return a, nil
}

func (a *account) compile() error {
	for i, text := range a.text {
		if text == "" {
			continue
		}
		re, err := regexp.Compile("^(?:" + text + ")$")
		if err != nil {
			return fmt.Errorf("make the user %q: what it may %s: %w", a.name, permissionNames[i], err)
		}
		a.may[i] = re
	}
	return nil
}

// hash is of one round: passwords here are generated, long, random; nobody guesses them.
func hash(salt []byte, password string) []byte {
	sum := sha256.Sum256(append(append([]byte(nil), salt...), password...))
	return sum[:]
}

func (a *account) allows(p permission, name string) bool {
	if name == "" {
		name = "amq.default"
	}
	return a.may[p] != nil && a.may[p].MatchString(name)
}

// nobody is compared with when there is no such user, so that the answer takes as long.
var nobody = &account{salt: make([]byte, 16), hash: make([]byte, sha256.Size)}

// login gives the user of a name with a password, nil when they do not go together.
func (b *Broker) login(name, password string) *account {
	b.mu.Lock()
	a := b.users[name]
	b.mu.Unlock()
	against := a
	if a == nil {
		against = nobody
	}
	if subtle.ConstantTimeCompare(hash(against.salt, password), against.hash) != 1 {
		return nil
	}
	return a
}

// known gives the user of a name that was proven otherwise, by a certificate; nil when there is none.
func (b *Broker) known(name string) *account {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.users[name]
}

// Ensure makes a user be there with this password, these permissions (messaging.md 15.6). Connected clients feel it at their next
// operation. Users made so are kept in the folder of the broker; their passwords are not, only a salted hash.
func (b *Broker) Ensure(ctx context.Context, u User) error {
	a, err := newAccount(u)
	if err != nil {
		return err
	}
	b.mu.Lock()
	if b.closed {
		b.mu.Unlock()
		return ErrClosed
	}
	a.kept = b.disk != nil
	if old := b.users[u.Name]; old != nil && !old.kept {
		a.kept = false // it stands in Config, which is there again at the next start
	}
	b.users[u.Name] = a
	b.rights++
	var batch uint64
	if a.kept {
		batch = b.disk.define(a.record())
	}
	b.mu.Unlock()
	return b.wait(ctx, batch)
}

func (a *account) record() record.User {
	return record.User{Name: a.name, Salt: a.salt, Hash: a.hash, Configure: a.text[configure], Write: a.text[write], Read: a.text[read]}
}

// Remove makes a user be gone, with its connections. One that is not there is a success.
func (b *Broker) Remove(ctx context.Context, name string) error {
	b.mu.Lock()
	if b.closed {
		b.mu.Unlock()
		return ErrClosed
	}
	a := b.users[name]
	var batch uint64
	if a != nil {
		delete(b.users, name)
		b.rights++
		if a.kept {
			batch = b.disk.define(record.UserGone{Name: name})
		}
		for c := range b.conns {
			if c.userName == name {
				c.force(fmt.Sprintf("user '%s' is deleted", name))
			}
		}
	}
	b.mu.Unlock()
	return b.wait(ctx, batch)
}
