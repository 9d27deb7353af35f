package wire

// ExchangeDeclare makes an exchange be there.
type ExchangeDeclare struct {
	Exchange, Type                                 string
	Passive, Durable, AutoDelete, Internal, NoWait bool
	Arguments                                      Table
}

// ID is 40, 10.
func (*ExchangeDeclare) ID() ID { return 40<<16 | 10 }

func (m *ExchangeDeclare) fields(c *codec) {
	c.reserved16()
	c.shortstr(&m.Exchange)
	c.shortstr(&m.Type)
	c.bits(&m.Passive, &m.Durable, &m.AutoDelete, &m.Internal, &m.NoWait)
	c.table(&m.Arguments)
}

// ExchangeDeclareOk answers ExchangeDeclare.
type ExchangeDeclareOk struct{}

// ID is 40, 11.
func (*ExchangeDeclareOk) ID() ID { return 40<<16 | 11 }

func (*ExchangeDeclareOk) fields(*codec) {}

// ExchangeDelete makes an exchange be gone.
type ExchangeDelete struct {
	Exchange         string
	IfUnused, NoWait bool
}

// ID is 40, 20.
func (*ExchangeDelete) ID() ID { return 40<<16 | 20 }

func (m *ExchangeDelete) fields(c *codec) {
	c.reserved16()
	c.shortstr(&m.Exchange)
	c.bits(&m.IfUnused, &m.NoWait)
}

// ExchangeDeleteOk answers ExchangeDelete.
type ExchangeDeleteOk struct{}

// ID is 40, 21.
func (*ExchangeDeleteOk) ID() ID { return 40<<16 | 21 }

func (*ExchangeDeleteOk) fields(*codec) {}

// ExchangeBind makes an exchange receive from another one.
type ExchangeBind struct {
	Destination, Source, RoutingKey string
	NoWait                          bool
	Arguments                       Table
}

// ID is 40, 30.
func (*ExchangeBind) ID() ID { return 40<<16 | 30 }

func (m *ExchangeBind) fields(c *codec) {
	c.reserved16()
	c.shortstr(&m.Destination)
	c.shortstr(&m.Source)
	c.shortstr(&m.RoutingKey)
	c.bits(&m.NoWait)
	c.table(&m.Arguments)
}

// ExchangeBindOk answers ExchangeBind.
type ExchangeBindOk struct{}

// ID is 40, 31.
func (*ExchangeBindOk) ID() ID { return 40<<16 | 31 }

func (*ExchangeBindOk) fields(*codec) {}

// ExchangeUnbind ends ExchangeBind.
type ExchangeUnbind struct {
	Destination, Source, RoutingKey string
	NoWait                          bool
	Arguments                       Table
}

// ID is 40, 40.
func (*ExchangeUnbind) ID() ID { return 40<<16 | 40 }

func (m *ExchangeUnbind) fields(c *codec) {
	c.reserved16()
	c.shortstr(&m.Destination)
	c.shortstr(&m.Source)
	c.shortstr(&m.RoutingKey)
	c.bits(&m.NoWait)
	c.table(&m.Arguments)
}

// ExchangeUnbindOk answers ExchangeUnbind.
type ExchangeUnbindOk struct{}

// ID is 40, 51.
func (*ExchangeUnbindOk) ID() ID { return 40<<16 | 51 }

func (*ExchangeUnbindOk) fields(*codec) {}

// QueueDeclare makes a queue be there; the server names it when Queue is empty.
type QueueDeclare struct {
	Queue                                           string
	Passive, Durable, Exclusive, AutoDelete, NoWait bool
	Arguments                                       Table
}

// ID is 50, 10.
func (*QueueDeclare) ID() ID { return 50<<16 | 10 }

func (m *QueueDeclare) fields(c *codec) {
	c.reserved16()
	c.shortstr(&m.Queue)
	c.bits(&m.Passive, &m.Durable, &m.Exclusive, &m.AutoDelete, &m.NoWait)
	c.table(&m.Arguments)
}

// QueueDeclareOk answers QueueDeclare.
type QueueDeclareOk struct {
	Queue                       string
	MessageCount, ConsumerCount uint32
}

// ID is 50, 11.
func (*QueueDeclareOk) ID() ID { return 50<<16 | 11 }

func (m *QueueDeclareOk) fields(c *codec) {
	c.shortstr(&m.Queue)
	c.long(&m.MessageCount)
	c.long(&m.ConsumerCount)
}

// QueueBind makes a queue receive from an exchange.
type QueueBind struct {
	Queue, Exchange, RoutingKey string
	NoWait                      bool
	Arguments                   Table
}

// ID is 50, 20.
func (*QueueBind) ID() ID { return 50<<16 | 20 }

func (m *QueueBind) fields(c *codec) {
	c.reserved16()
	c.shortstr(&m.Queue)
	c.shortstr(&m.Exchange)
	c.shortstr(&m.RoutingKey)
	c.bits(&m.NoWait)
	c.table(&m.Arguments)
}

// QueueBindOk answers QueueBind.
type QueueBindOk struct{}

// ID is 50, 21.
func (*QueueBindOk) ID() ID { return 50<<16 | 21 }

func (*QueueBindOk) fields(*codec) {}

// QueuePurge empties a queue.
type QueuePurge struct {
	Queue  string
	NoWait bool
}

// ID is 50, 30.
func (*QueuePurge) ID() ID { return 50<<16 | 30 }

func (m *QueuePurge) fields(c *codec) {
	c.reserved16()
	c.shortstr(&m.Queue)
	c.bits(&m.NoWait)
}

// QueuePurgeOk answers QueuePurge.
type QueuePurgeOk struct {
	MessageCount uint32
}

// ID is 50, 31.
func (*QueuePurgeOk) ID() ID { return 50<<16 | 31 }

func (m *QueuePurgeOk) fields(c *codec) {
	c.long(&m.MessageCount)
}

// QueueDelete makes a queue be gone.
type QueueDelete struct {
	Queue                     string
	IfUnused, IfEmpty, NoWait bool
}

// ID is 50, 40.
func (*QueueDelete) ID() ID { return 50<<16 | 40 }

func (m *QueueDelete) fields(c *codec) {
	c.reserved16()
	c.shortstr(&m.Queue)
	c.bits(&m.IfUnused, &m.IfEmpty, &m.NoWait)
}

// QueueDeleteOk answers QueueDelete.
type QueueDeleteOk struct {
	MessageCount uint32
}

// ID is 50, 41.
func (*QueueDeleteOk) ID() ID { return 50<<16 | 41 }

func (m *QueueDeleteOk) fields(c *codec) {
	c.long(&m.MessageCount)
}

// QueueUnbind ends QueueBind.
type QueueUnbind struct {
	Queue, Exchange, RoutingKey string
	Arguments                   Table
}

// ID is 50, 50.
func (*QueueUnbind) ID() ID { return 50<<16 | 50 }

func (m *QueueUnbind) fields(c *codec) {
	c.reserved16()
	c.shortstr(&m.Queue)
	c.shortstr(&m.Exchange)
	c.shortstr(&m.RoutingKey)
	c.table(&m.Arguments)
}

// QueueUnbindOk answers QueueUnbind.
type QueueUnbindOk struct{}

// ID is 50, 51.
func (*QueueUnbindOk) ID() ID { return 50<<16 | 51 }

func (*QueueUnbindOk) fields(*codec) {}
