package broker

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/roboconf/workbench/runtime/broker/wire"
)

// loginDelay is how long the answer to wrong credentials takes. Only the client that gave them waits.
const loginDelay = time.Second

// greet negotiates with a client, up to the open virtual host. The reader writes by itself: there is no writer yet.
func (c *conn) greet() error {
	if err := c.nc.SetDeadline(time.Now().Add(greetTime)); err != nil {
		return err
	}
	if err := c.secure(); err != nil {
		return err
	}
	c.frames = wire.NewReader(c, firstFrame)
	hello, err := c.frames.Bytes(len(wire.ProtocolHeader))
	if err != nil {
		return err
	}
	if string(hello) != wire.ProtocolHeader {
		_, err := c.nc.Write([]byte(wire.ProtocolHeader))
		return errors.Join(fmt.Errorf("it begins with %q: no AMQP 0-9-1", hello), err)
	}
	for _, step := range []func() error{c.authenticate, c.tune, c.openHost} {
		if err := step(); err != nil {
			return c.turnAway(err)
		}
	}
	if err := c.nc.SetDeadline(time.Time{}); err != nil {
		return err
	}
	c.deadlineAt = time.Time{} // heartbeats count from here on
	if c.closing.Load() {      // meanwhile
		c.hurry()
	}
	c.frames.Max = c.maxFrame
	c.log.Info("a client is connected", "user", c.userName)
	return nil
}

// secure makes the connection one of TLS, where that is asked.
func (c *conn) secure() error {
	if c.b.cfg.TLS == nil {
		return nil
	}
	t := tls.Server(c.nc, c.b.cfg.TLS)
	ctx, cancel := context.WithTimeout(c.ctx, greetTime)
	defer cancel()
	if err := t.HandshakeContext(ctx); err != nil {
		return fmt.Errorf("agree on TLS: %w", err)
	}
	c.b.mu.Lock()
	c.nc = t
	c.b.mu.Unlock()
	return nil
}

// turnAway tells the client why it is not let in, if that is an error of the protocol, and waits a moment for its answer.
func (c *conn) turnAway(err error) error {
	var e *wire.Error
	if !errors.As(err, &e) {
		return err
	}
	c.closing.Store(true)
	if c.say(&wire.ConnectionClose{ReplyCode: e.Code, ReplyText: short(e.Text), ClassID: e.Method.Class(), MethodID: e.Method.Number()}) != nil {
		return err
	}
	c.hurry()
	for {
		f, readErr := c.frames.Next()
		if readErr != nil || c.lastWords(f) != nil {
			return err
		}
	}
}

// say writes a method at once.
func (c *conn) say(m wire.Method) error {
	frame, err := wire.AppendMethod(nil, 0, m)
	if err != nil {
		return err
	}
	_, err = c.nc.Write(frame)
	return err
}

// hear reads the method that is expected; a client may close instead.
func hear[M wire.Method](c *conn) (M, error) {
	var want M
	for {
		f, err := c.frames.Next()
		if err != nil {
			return want, err
		}
		if f.Type == wire.FrameHeartbeat {
			continue
		}
		if f.Type != wire.FrameMethod || f.Channel != 0 {
			return want, wire.Errorf(wire.UnexpectedFrame, "a frame of type %d on channel %d during the negotiation", f.Type, f.Channel)
		}
		m, err := c.decode.Method(f.Payload)
		if err != nil {
			return want, err
		}
		if got, ok := m.(M); ok {
			return got, nil
		}
		if _, ok := m.(*wire.ConnectionClose); ok {
			return want, errors.Join(errors.New("it closed the connection during the negotiation"), c.say(&wire.ConnectionCloseOk{}))
		}
		return want, wire.Errorf(wire.CommandInvalid, "method %d of class %d during the negotiation", m.ID().Number(), m.ID().Class())
	}
}

// Abilities of the server, in the words of clients.
var abilities = wire.Table{
	{Name: "publisher_confirms", Value: true},
	{Name: "exchange_exchange_bindings", Value: true},
	{Name: "basic.nack", Value: true},
	{Name: "consumer_cancel_notify", Value: true},
	{Name: "connection.blocked", Value: true},
	{Name: "consumer_priorities", Value: true},
	{Name: "authentication_failure_close", Value: true},
	{Name: "per_consumer_qos", Value: true},
}

func (c *conn) authenticate() error {
	mechanisms := "PLAIN"
	if t := c.b.cfg.TLS; t != nil && t.ClientCAs != nil {
		mechanisms = "PLAIN EXTERNAL"
	}
	err := c.say(&wire.ConnectionStart{
		VersionMajor: 0, VersionMinor: 9, Mechanisms: []byte(mechanisms), Locales: []byte("en_US"),
		ServerProperties: wire.Table{
			{Name: "product", Value: "Roboconf Workbench"},
			{Name: "version", Value: "1.0"},
			{Name: "platform", Value: runtime.Version()},
			{Name: "capabilities", Value: abilities},
		},
	})
	if err != nil {
		return err
	}
	m, err := hear[*wire.ConnectionStartOk](c)
	if err != nil {
		return err
	}
	c.understand(m.ClientProperties)
	name, user, err := c.credentials(m)
	if err != nil {
		return err
	}
	if user == nil {
		return c.notYou(name, m)
	}
	c.b.mu.Lock()
	c.userName, c.user, c.rightsOf = name, user, c.b.rights-1
	c.b.mu.Unlock()
	return nil
}

// understand notes what the client says of itself.
func (c *conn) understand(properties wire.Table) {
	v, _ := properties.Find("capabilities")
	can, _ := v.(wire.Table)
	able := func(name string) bool {
		v, _ := can.Find(name)
		return v == true
	}
	c.able.blocked, c.able.cancel = able("connection.blocked"), able("consumer_cancel_notify")
	c.able.refusals = able("authentication_failure_close")
	if name, _ := properties.Find("connection_name"); name != nil {
		if text, ok := name.(string); ok {
			c.log = c.log.With("name", short(text))
		}
	}
}

// credentials gives the user that a client proves to be; nil when it proves nothing.
func (c *conn) credentials(m *wire.ConnectionStartOk) (name string, user *account, err error) {
	switch m.Mechanism {
	case "PLAIN":
		parts := bytes.SplitN(m.Response, []byte{0}, 3)
		if len(parts) != 3 {
			return "", nil, wire.Errorf(wire.SyntaxError, "a response of PLAIN has a user, a password")
		}
		name = string(parts[1])
		return name, c.b.login(name, string(parts[2])), nil
	case "EXTERNAL":
		if name = c.certified(); name == "" {
			return "", nil, nil
		}
		return name, c.b.known(name), nil
	}
	return "", nil, wire.Errorf(wire.CommandInvalid, "unknown authentication mechanism '%s'", m.Mechanism)
}

// notYou refuses credentials, after a while.
func (c *conn) notYou(name string, m *wire.ConnectionStartOk) error {
	c.log.Warn("a login is refused", "user", short(name), "mechanism", m.Mechanism)
	timer := time.NewTimer(loginDelay)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-c.ctx.Done():
	}
	if !c.able.refusals {
		return errors.New("wrong credentials")
	}
	breach := wire.Errorf(wire.AccessRefused, "Login was refused using authentication mechanism %s. For details see the broker logfile.", m.Mechanism)
	breach.Method = m.ID()
	return breach
}

func (c *conn) tune() error {
	beat := max(c.b.cfg.Heartbeat, 0)
	seconds := uint16(min((beat+time.Second-1)/time.Second, 65535))
	if err := c.say(&wire.ConnectionTune{ChannelMax: channelMax, FrameMax: frameMax, Heartbeat: seconds}); err != nil {
		return err
	}
	m, err := hear[*wire.ConnectionTuneOk](c)
	if err != nil {
		return err
	}
	switch {
	case m.FrameMax == 0 || m.FrameMax > frameMax:
		return wire.Errorf(wire.NotAllowed, "negotiated frame_max = %d is higher than the maximum allowed value (%d)", m.FrameMax, frameMax)
	case m.FrameMax < wire.MinFrame:
		return wire.Errorf(wire.NotAllowed, "negotiated frame_max = %d is lower than the minimum allowed value (%d)", m.FrameMax, wire.MinFrame)
	case m.ChannelMax == 0 || m.ChannelMax > channelMax:
		return wire.Errorf(wire.NotAllowed, "negotiated channel_max = %d is higher than the maximum allowed value (%d)", m.ChannelMax, channelMax)
	}
	c.maxFrame, c.maxChannel = int(m.FrameMax), m.ChannelMax
	c.beat = time.Duration(m.Heartbeat) * time.Second
	return nil
}

func (c *conn) openHost() error {
	m, err := hear[*wire.ConnectionOpen](c)
	if err != nil {
		return err
	}
	if m.VirtualHost != "/" {
		breach := wire.Errorf(wire.NotAllowed, "vhost %s not found", m.VirtualHost)
		breach.Method = m.ID()
		return breach
	}
	return c.say(&wire.ConnectionOpenOk{})
}
