package wire

// BasicQos limits the messages that are out.
type BasicQos struct {
	PrefetchSize  uint32
	PrefetchCount uint16
	Global        bool
}

// ID is 60, 10.
func (*BasicQos) ID() ID { return 60<<16 | 10 }

func (m *BasicQos) fields(c *codec) {
	c.long(&m.PrefetchSize)
	c.short(&m.PrefetchCount)
	c.bits(&m.Global)
}

// BasicQosOk answers BasicQos.
type BasicQosOk struct{}

// ID is 60, 11.
func (*BasicQosOk) ID() ID { return 60<<16 | 11 }

func (*BasicQosOk) fields(*codec) {}

// BasicConsume starts a consumer.
type BasicConsume struct {
	Queue, ConsumerTag                string
	NoLocal, NoAck, Exclusive, NoWait bool
	Arguments                         Table
}

// ID is 60, 20.
func (*BasicConsume) ID() ID { return 60<<16 | 20 }

func (m *BasicConsume) fields(c *codec) {
	c.reserved16()
	c.shortstr(&m.Queue)
	c.shortstr(&m.ConsumerTag)
	c.bits(&m.NoLocal, &m.NoAck, &m.Exclusive, &m.NoWait)
	c.table(&m.Arguments)
}

// BasicConsumeOk answers BasicConsume.
type BasicConsumeOk struct {
	ConsumerTag string
}

// ID is 60, 21.
func (*BasicConsumeOk) ID() ID { return 60<<16 | 21 }

func (m *BasicConsumeOk) fields(c *codec) {
	c.shortstr(&m.ConsumerTag)
}

// BasicCancel ends a consumer; from the server, it tells that the queue is gone.
type BasicCancel struct {
	ConsumerTag string
	NoWait      bool
}

// ID is 60, 30.
func (*BasicCancel) ID() ID { return 60<<16 | 30 }

func (m *BasicCancel) fields(c *codec) {
	c.shortstr(&m.ConsumerTag)
	c.bits(&m.NoWait)
}

// BasicCancelOk answers BasicCancel.
type BasicCancelOk struct {
	ConsumerTag string
}

// ID is 60, 31.
func (*BasicCancelOk) ID() ID { return 60<<16 | 31 }

func (m *BasicCancelOk) fields(c *codec) {
	c.shortstr(&m.ConsumerTag)
}

// BasicPublish sends a message to an exchange.
type BasicPublish struct {
	Exchange, RoutingKey string
	Mandatory, Immediate bool
}

// ID is 60, 40.
func (*BasicPublish) ID() ID { return idBasicPublish }

func (m *BasicPublish) fields(c *codec) {
	c.reserved16()
	c.shortstr(&m.Exchange)
	c.shortstr(&m.RoutingKey)
	c.bits(&m.Mandatory, &m.Immediate)
}

// BasicReturn gives a message back that found no queue.
type BasicReturn struct {
	ReplyCode                       uint16
	ReplyText, Exchange, RoutingKey string
}

// ID is 60, 50.
func (*BasicReturn) ID() ID { return idBasicReturn }

func (m *BasicReturn) fields(c *codec) {
	c.short(&m.ReplyCode)
	c.shortstr(&m.ReplyText)
	c.shortstr(&m.Exchange)
	c.shortstr(&m.RoutingKey)
}

// BasicDeliver hands a message to a consumer.
type BasicDeliver struct {
	ConsumerTag          string
	DeliveryTag          uint64
	Redelivered          bool
	Exchange, RoutingKey string
}

// ID is 60, 60.
func (*BasicDeliver) ID() ID { return idBasicDeliver }

func (m *BasicDeliver) fields(c *codec) {
	c.shortstr(&m.ConsumerTag)
	c.longlong(&m.DeliveryTag)
	c.bits(&m.Redelivered)
	c.shortstr(&m.Exchange)
	c.shortstr(&m.RoutingKey)
}

// BasicGet asks for one message.
type BasicGet struct {
	Queue string
	NoAck bool
}

// ID is 60, 70.
func (*BasicGet) ID() ID { return 60<<16 | 70 }

func (m *BasicGet) fields(c *codec) {
	c.reserved16()
	c.shortstr(&m.Queue)
	c.bits(&m.NoAck)
}

// BasicGetOk answers BasicGet with a message.
type BasicGetOk struct {
	DeliveryTag          uint64
	Redelivered          bool
	Exchange, RoutingKey string
	MessageCount         uint32
}

// ID is 60, 71.
func (*BasicGetOk) ID() ID { return idBasicGetOk }

func (m *BasicGetOk) fields(c *codec) {
	c.longlong(&m.DeliveryTag)
	c.bits(&m.Redelivered)
	c.shortstr(&m.Exchange)
	c.shortstr(&m.RoutingKey)
	c.long(&m.MessageCount)
}

// BasicGetEmpty answers BasicGet when there is no message.
type BasicGetEmpty struct{}

// ID is 60, 72.
func (*BasicGetEmpty) ID() ID { return 60<<16 | 72 }

func (*BasicGetEmpty) fields(c *codec) {
	c.reservedStr()
}

// BasicAck acknowledges a delivery, or confirms a publication.
type BasicAck struct {
	DeliveryTag uint64
	Multiple    bool
}

// ID is 60, 80.
func (*BasicAck) ID() ID { return idBasicAck }

func (m *BasicAck) fields(c *codec) {
	c.longlong(&m.DeliveryTag)
	c.bits(&m.Multiple)
}

// BasicReject refuses a delivery.
type BasicReject struct {
	DeliveryTag uint64
	Requeue     bool
}

// ID is 60, 90.
func (*BasicReject) ID() ID { return 60<<16 | 90 }

func (m *BasicReject) fields(c *codec) {
	c.longlong(&m.DeliveryTag)
	c.bits(&m.Requeue)
}

// BasicRecoverAsync asks for everything that is out again, without an answer.
type BasicRecoverAsync struct {
	Requeue bool
}

// ID is 60, 100.
func (*BasicRecoverAsync) ID() ID { return 60<<16 | 100 }

func (m *BasicRecoverAsync) fields(c *codec) {
	c.bits(&m.Requeue)
}

// BasicRecover asks for everything that is out again.
type BasicRecover struct {
	Requeue bool
}

// ID is 60, 110.
func (*BasicRecover) ID() ID { return 60<<16 | 110 }

func (m *BasicRecover) fields(c *codec) {
	c.bits(&m.Requeue)
}

// BasicRecoverOk answers BasicRecover.
type BasicRecoverOk struct{}

// ID is 60, 111.
func (*BasicRecoverOk) ID() ID { return 60<<16 | 111 }

func (*BasicRecoverOk) fields(*codec) {}

// BasicNack refuses deliveries, or a publication.
type BasicNack struct {
	DeliveryTag       uint64
	Multiple, Requeue bool
}

// ID is 60, 120.
func (*BasicNack) ID() ID { return 60<<16 | 120 }

func (m *BasicNack) fields(c *codec) {
	c.longlong(&m.DeliveryTag)
	c.bits(&m.Multiple, &m.Requeue)
}

// ConfirmSelect asks for confirms of publications.
type ConfirmSelect struct {
	NoWait bool
}

// ID is 85, 10.
func (*ConfirmSelect) ID() ID { return 85<<16 | 10 }

func (m *ConfirmSelect) fields(c *codec) {
	c.bits(&m.NoWait)
}

// ConfirmSelectOk answers ConfirmSelect.
type ConfirmSelectOk struct{}

// ID is 85, 11.
func (*ConfirmSelectOk) ID() ID { return 85<<16 | 11 }

func (*ConfirmSelectOk) fields(*codec) {}

// TxSelect asks for transactions, which nobody has here.
type TxSelect struct{}

// ID is 90, 10.
func (*TxSelect) ID() ID { return 90<<16 | 10 }

func (*TxSelect) fields(*codec) {}

// TxCommit commits a transaction.
type TxCommit struct{}

// ID is 90, 20.
func (*TxCommit) ID() ID { return 90<<16 | 20 }

func (*TxCommit) fields(*codec) {}

// TxRollback takes a transaction back.
type TxRollback struct{}

// ID is 90, 30.
func (*TxRollback) ID() ID { return 90<<16 | 30 }

func (*TxRollback) fields(*codec) {}
