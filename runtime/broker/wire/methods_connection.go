package wire

// ConnectionStart begins the negotiation.
type ConnectionStart struct {
	VersionMajor, VersionMinor uint8
	ServerProperties           Table
	Mechanisms, Locales        []byte
}

// ID is 10, 10.
func (*ConnectionStart) ID() ID { return 10<<16 | 10 }

func (m *ConnectionStart) fields(c *codec) {
	c.octet(&m.VersionMajor)
	c.octet(&m.VersionMinor)
	c.table(&m.ServerProperties)
	c.longstr(&m.Mechanisms)
	c.longstr(&m.Locales)
}

// ConnectionStartOk says who the client is.
type ConnectionStartOk struct {
	ClientProperties Table
	Mechanism        string
	Response         []byte
	Locale           string
}

// ID is 10, 11.
func (*ConnectionStartOk) ID() ID { return 10<<16 | 11 }

func (m *ConnectionStartOk) fields(c *codec) {
	c.table(&m.ClientProperties)
	c.shortstr(&m.Mechanism)
	c.longstr(&m.Response)
	c.shortstr(&m.Locale)
}

// ConnectionSecure asks for more of the client's credentials.
type ConnectionSecure struct {
	Challenge []byte
}

// ID is 10, 20.
func (*ConnectionSecure) ID() ID { return 10<<16 | 20 }

func (m *ConnectionSecure) fields(c *codec) {
	c.longstr(&m.Challenge)
}

// ConnectionSecureOk answers ConnectionSecure.
type ConnectionSecureOk struct {
	Response []byte
}

// ID is 10, 21.
func (*ConnectionSecureOk) ID() ID { return 10<<16 | 21 }

func (m *ConnectionSecureOk) fields(c *codec) {
	c.longstr(&m.Response)
}

// ConnectionTune proposes limits; Heartbeat is in seconds.
type ConnectionTune struct {
	ChannelMax uint16
	FrameMax   uint32
	Heartbeat  uint16
}

// ID is 10, 30.
func (*ConnectionTune) ID() ID { return 10<<16 | 30 }

func (m *ConnectionTune) fields(c *codec) {
	c.short(&m.ChannelMax)
	c.long(&m.FrameMax)
	c.short(&m.Heartbeat)
}

// ConnectionTuneOk agrees on limits; Heartbeat is in seconds.
type ConnectionTuneOk struct {
	ChannelMax uint16
	FrameMax   uint32
	Heartbeat  uint16
}

// ID is 10, 31.
func (*ConnectionTuneOk) ID() ID { return 10<<16 | 31 }

func (m *ConnectionTuneOk) fields(c *codec) {
	c.short(&m.ChannelMax)
	c.long(&m.FrameMax)
	c.short(&m.Heartbeat)
}

// ConnectionOpen opens a virtual host.
type ConnectionOpen struct {
	VirtualHost string
}

// ID is 10, 40.
func (*ConnectionOpen) ID() ID { return 10<<16 | 40 }

func (m *ConnectionOpen) fields(c *codec) {
	c.shortstr(&m.VirtualHost)
	c.reservedStr()
	c.bits(new(bool))
}

// ConnectionOpenOk answers ConnectionOpen.
type ConnectionOpenOk struct{}

// ID is 10, 41.
func (*ConnectionOpenOk) ID() ID { return 10<<16 | 41 }

func (*ConnectionOpenOk) fields(c *codec) {
	c.reservedStr()
}

// ConnectionClose ends the connection; ClassID, MethodID name the cause.
type ConnectionClose struct {
	ReplyCode         uint16
	ReplyText         string
	ClassID, MethodID uint16
}

// ID is 10, 50.
func (*ConnectionClose) ID() ID { return 10<<16 | 50 }

func (m *ConnectionClose) fields(c *codec) {
	c.short(&m.ReplyCode)
	c.shortstr(&m.ReplyText)
	c.short(&m.ClassID)
	c.short(&m.MethodID)
}

// ConnectionCloseOk answers ConnectionClose.
type ConnectionCloseOk struct{}

// ID is 10, 51.
func (*ConnectionCloseOk) ID() ID { return 10<<16 | 51 }

func (*ConnectionCloseOk) fields(*codec) {}

// ConnectionBlocked says that the server takes no messages at the moment.
type ConnectionBlocked struct {
	Reason string
}

// ID is 10, 60.
func (*ConnectionBlocked) ID() ID { return 10<<16 | 60 }

func (m *ConnectionBlocked) fields(c *codec) {
	c.shortstr(&m.Reason)
}

// ConnectionUnblocked ends ConnectionBlocked.
type ConnectionUnblocked struct{}

// ID is 10, 61.
func (*ConnectionUnblocked) ID() ID { return 10<<16 | 61 }

func (*ConnectionUnblocked) fields(*codec) {}

// ConnectionUpdateSecret renews the client's credentials.
type ConnectionUpdateSecret struct {
	NewSecret []byte
	Reason    string
}

// ID is 10, 70.
func (*ConnectionUpdateSecret) ID() ID { return 10<<16 | 70 }

func (m *ConnectionUpdateSecret) fields(c *codec) {
	c.longstr(&m.NewSecret)
	c.shortstr(&m.Reason)
}

// ConnectionUpdateSecretOk answers ConnectionUpdateSecret.
type ConnectionUpdateSecretOk struct{}

// ID is 10, 71.
func (*ConnectionUpdateSecretOk) ID() ID { return 10<<16 | 71 }

func (*ConnectionUpdateSecretOk) fields(*codec) {}

// ChannelOpen opens a channel.
type ChannelOpen struct{}

// ID is 20, 10.
func (*ChannelOpen) ID() ID { return 20<<16 | 10 }

func (*ChannelOpen) fields(c *codec) {
	c.reservedStr()
}

// ChannelOpenOk answers ChannelOpen.
type ChannelOpenOk struct{}

// ID is 20, 11.
func (*ChannelOpenOk) ID() ID { return 20<<16 | 11 }

func (*ChannelOpenOk) fields(c *codec) {
	c.long(new(uint32))
}

// ChannelFlow asks the peer to pause, or to go on.
type ChannelFlow struct {
	Active bool
}

// ID is 20, 20.
func (*ChannelFlow) ID() ID { return 20<<16 | 20 }

func (m *ChannelFlow) fields(c *codec) {
	c.bits(&m.Active)
}

// ChannelFlowOk answers ChannelFlow.
type ChannelFlowOk struct {
	Active bool
}

// ID is 20, 21.
func (*ChannelFlowOk) ID() ID { return 20<<16 | 21 }

func (m *ChannelFlowOk) fields(c *codec) {
	c.bits(&m.Active)
}

// ChannelClose ends a channel; ClassID, MethodID name the cause.
type ChannelClose struct {
	ReplyCode         uint16
	ReplyText         string
	ClassID, MethodID uint16
}

// ID is 20, 40.
func (*ChannelClose) ID() ID { return 20<<16 | 40 }

func (m *ChannelClose) fields(c *codec) {
	c.short(&m.ReplyCode)
	c.shortstr(&m.ReplyText)
	c.short(&m.ClassID)
	c.short(&m.MethodID)
}

// ChannelCloseOk answers ChannelClose.
type ChannelCloseOk struct{}

// ID is 20, 41.
func (*ChannelCloseOk) ID() ID { return 20<<16 | 41 }

func (*ChannelCloseOk) fields(*codec) {}
