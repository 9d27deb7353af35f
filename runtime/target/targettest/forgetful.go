package targettest

import (
	"context"
	"time"

	"github.com/roboconf/workbench/runtime/target"
)

// forgetful is a handler that dies after each call.
type forgetful struct{ b *bench }

func (f *forgetful) Describe() target.Description { return f.b.New(f.b.T).Describe() }

func (f *forgetful) Check(properties map[string]string) []target.Finding {
	return f.b.New(f.b.T).Check(properties)
}

func (f *forgetful) Probe(ctx context.Context, properties map[string]string) error {
	return f.b.New(f.b.T).Probe(ctx, properties)
}

func (f *forgetful) Create(ctx context.Context, s target.Spec) (target.Machine, error) {
	return f.b.New(f.b.T).Create(ctx, s)
}

func (f *forgetful) Observe(ctx context.Context, s target.Spec) (target.Machine, error) {
	return f.b.New(f.b.T).Observe(ctx, s)
}

func (f *forgetful) Advance(ctx context.Context, s target.Spec, seen target.Machine) (bool, time.Duration, error) {
	return f.b.New(f.b.T).Advance(ctx, s, seen)
}

func (f *forgetful) Destroy(ctx context.Context, s target.Spec) error {
	return f.b.New(f.b.T).Destroy(ctx, s)
}

func (f *forgetful) List(ctx context.Context, properties map[string]string, domain string) ([]target.Machine, error) {
	return f.b.New(f.b.T).List(ctx, properties, domain)
}
