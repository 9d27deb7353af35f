package bus

import "github.com/roboconf/workbench/runtime/message"

// PublishBefore is Publish through the transport that is being left, between To and Settle: how others are told of the new one (MS-90).
// At any other time it is Publish.
func (s *Switch) PublishBefore(to message.Target, msg *message.Envelope) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	return s.legs[0].publish(to, msg)
}
