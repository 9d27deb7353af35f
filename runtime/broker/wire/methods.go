package wire

import "encoding/binary"

// ID names a method: its class, then its number in the class.
type ID uint32

// Class is the class of a method.
func (id ID) Class() uint16 { return uint16(id >> 16) }

// Number is the method's number in its class.
func (id ID) Number() uint16 { return uint16(id) }

// Content says that a header with a body follows the method.
func (id ID) Content() bool {
	switch id {
	case idBasicPublish, idBasicReturn, idBasicDeliver, idBasicGetOk:
		return true
	}
	return false
}

// Method is a request or an answer, without its content.
type Method interface {
	ID() ID
	fields(c *codec)
}

// Decoder reads methods. Those that come with each message are kept by it: they are valid until the next call.
type Decoder struct {
	publish BasicPublish
	ack     BasicAck
	deliver BasicDeliver
}

// Method reads the payload of a method frame. A method that nobody knows is an *Error with the code CommandInvalid.
func (d *Decoder) Method(payload []byte) (Method, error) {
	if len(payload) < 4 {
		return nil, Errorf(SyntaxError, "a method of %d bytes", len(payload))
	}
	id := ID(binary.BigEndian.Uint32(payload))
	m := d.blank(id)
	if m == nil {
		err := Errorf(CommandInvalid, "unknown class or method: %d, %d", id.Class(), id.Number())
		err.Method = id
		return nil, err
	}
	c := codec{buf: payload[4:]}
	m.fields(&c)
	if c.err == nil && len(c.buf) > 0 {
		c.fail("%d bytes after the method", len(c.buf))
	}
	if c.err != nil {
		c.err.Method = id
		return nil, c.err
	}
	return m, nil
}

func (d *Decoder) blank(id ID) Method {
	switch id {
	case idBasicPublish:
		return &d.publish
	case idBasicAck:
		return &d.ack
	case idBasicDeliver:
		return &d.deliver
	}
	if make := blanks[id]; make != nil {
		return make()
	}
	return nil
}

// The methods that have a name elsewhere in the package.
const (
	idBasicPublish ID = 60<<16 | 40
	idBasicReturn  ID = 60<<16 | 50
	idBasicDeliver ID = 60<<16 | 60
	idBasicGetOk   ID = 60<<16 | 71
	idBasicAck     ID = 60<<16 | 80
)

var blanks = table(
	func() Method { return new(ConnectionStart) },
	func() Method { return new(ConnectionStartOk) },
	func() Method { return new(ConnectionSecure) },
	func() Method { return new(ConnectionSecureOk) },
	func() Method { return new(ConnectionTune) },
	func() Method { return new(ConnectionTuneOk) },
	func() Method { return new(ConnectionOpen) },
	func() Method { return new(ConnectionOpenOk) },
	func() Method { return new(ConnectionClose) },
	func() Method { return new(ConnectionCloseOk) },
	func() Method { return new(ConnectionBlocked) },
	func() Method { return new(ConnectionUnblocked) },
	func() Method { return new(ConnectionUpdateSecret) },
	func() Method { return new(ConnectionUpdateSecretOk) },
	func() Method { return new(ChannelOpen) },
	func() Method { return new(ChannelOpenOk) },
	func() Method { return new(ChannelFlow) },
	func() Method { return new(ChannelFlowOk) },
	func() Method { return new(ChannelClose) },
	func() Method { return new(ChannelCloseOk) },
	func() Method { return new(ExchangeDeclare) },
	func() Method { return new(ExchangeDeclareOk) },
	func() Method { return new(ExchangeDelete) },
	func() Method { return new(ExchangeDeleteOk) },
	func() Method { return new(ExchangeBind) },
	func() Method { return new(ExchangeBindOk) },
	func() Method { return new(ExchangeUnbind) },
	func() Method { return new(ExchangeUnbindOk) },
	func() Method { return new(QueueDeclare) },
	func() Method { return new(QueueDeclareOk) },
	func() Method { return new(QueueBind) },
	func() Method { return new(QueueBindOk) },
	func() Method { return new(QueuePurge) },
	func() Method { return new(QueuePurgeOk) },
	func() Method { return new(QueueDelete) },
	func() Method { return new(QueueDeleteOk) },
	func() Method { return new(QueueUnbind) },
	func() Method { return new(QueueUnbindOk) },
	func() Method { return new(BasicQos) },
	func() Method { return new(BasicQosOk) },
	func() Method { return new(BasicConsume) },
	func() Method { return new(BasicConsumeOk) },
	func() Method { return new(BasicCancel) },
	func() Method { return new(BasicCancelOk) },
	func() Method { return new(BasicPublish) },
	func() Method { return new(BasicReturn) },
	func() Method { return new(BasicDeliver) },
	func() Method { return new(BasicGet) },
	func() Method { return new(BasicGetOk) },
	func() Method { return new(BasicGetEmpty) },
	func() Method { return new(BasicAck) },
	func() Method { return new(BasicReject) },
	func() Method { return new(BasicRecoverAsync) },
	func() Method { return new(BasicRecover) },
	func() Method { return new(BasicRecoverOk) },
	func() Method { return new(BasicNack) },
	func() Method { return new(ConfirmSelect) },
	func() Method { return new(ConfirmSelectOk) },
	func() Method { return new(TxSelect) },
	func() Method { return new(TxCommit) },
	func() Method { return new(TxRollback) },
)

func table(makers ...func() Method) map[ID]func() Method {
	t := map[ID]func() Method{}
	for _, make := range makers {
		t[make().ID()] = make
	}
	return t
}
