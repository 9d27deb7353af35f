package fake

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/roboconf/workbench/runtime/target"
)

// handler is the target.Handler of an infrastructure. left counts the steps until it dies; below zero it never does.
type handler struct {
	*Infra
	left int
}

const (
	keyImage    = "fake.image"
	keyUser     = "fake.user"
	keyPassword = "fake.password"
	keySize     = "fake.size"
)

func (h *handler) Describe() target.Description {
	return target.Description{
		Handler: h.script.Handler, Help: "machines that only a test sees", Nested: h.script.Nested,
		Properties: []target.Property{
			{Key: keyImage, Type: target.TypeText, Required: true, Help: "what a machine is made from"},
			{Key: keySize, Type: target.TypeInt, Default: "1", Help: "how many machines one counts for in the quota"},
			{Key: keyUser, Type: target.TypeText, Help: "the account"},
			{Key: keyPassword, Type: target.TypeText, Secret: true, Help: "its password"},
			target.Waits(),
		},
	}
}

func (h *handler) Check(properties map[string]string) []target.Finding {
	_, r := h.read(properties)
	_, waits := target.LimitsOf(properties, target.DefaultLimits())
	return append(append(r.Findings(), waits...), r.Unknown()...)
}

type wish struct {
	image, user, password string
	size                  int
}

func (h *handler) read(properties map[string]string) (wish, *target.Reader) {
	r := target.Read(h.Describe(), properties)
	return wish{r.Text(keyImage), r.Text(keyUser), r.Text(keyPassword), r.Int(keySize, 1)}, r
}

func (h *handler) Probe(ctx context.Context, properties map[string]string) error {
	return h.call(ctx, "probe", target.Key{}, func() (string, error) { return "", h.admit(properties) })
}

func (h *handler) Create(ctx context.Context, s target.Spec) (target.Machine, error) {
	var got target.Machine
	err := h.call(ctx, "create", s.Key, func() (string, error) {
		m, err := h.create(s)
		if err == nil {
			got = m.seen()
		}
		return got.Phase.String(), err
	})
	if err != nil {
		return target.Machine{Key: s.Key}, err
	}
	return got, nil
}

func (h *handler) create(s target.Spec) (*machine, error) {
	if err := h.admit(s.Properties); err != nil {
		return nil, err
	}
	if !h.script.Nested && strings.Count(s.Key.Scope, "/") > 1 {
		return nil, failed(target.Invalid, errors.New("only root instances can be machines here"))
	}
	m := h.machines[s.Key]
	if m != nil && (m.phase == target.Deleting || m.phase == target.Absent) {
		return nil, &target.Error{Class: target.Conflict, Retry: true, Err: errors.New("the machine is being destroyed")}
	}
	if m != nil {
		return m, nil
	}
	want, _ := h.read(s.Properties)
	if h.script.Quota > 0 && len(h.machines)+want.size > h.script.Quota {
		return nil, failed(target.Quota, fmt.Errorf("%d of %d machines are used, %d more are needed", len(h.machines), h.script.Quota, want.size))
	}
	h.made[s.Key]++
	id := fnv.New64a()
	_, _ = fmt.Fprintf(id, "%d %s %d", h.script.Seed, s.Key, h.made[s.Key]) // a hash never fails
	now := h.now()
	m = &machine{
		key: s.Key, id: fmt.Sprintf("fake-%016x", id.Sum64()), userData: s.UserData, phase: target.Creating,
		chance: rand.New(rand.NewPCG(h.script.Seed, id.Sum64())),
	}
	m.visible, m.boots = now.Add(h.longer(m, h.script.Lag)), now.Add(h.longer(m, h.script.Boot))
	h.machines[s.Key] = m
	return m, nil
}

func (h *handler) Observe(ctx context.Context, s target.Spec) (target.Machine, error) {
	got := target.Machine{Key: s.Key, ID: s.ID}
	err := h.call(ctx, "observe", s.Key, func() (string, error) {
		got = target.Machine{Key: s.Key, Phase: target.Absent}
		if m := h.find(s.Key); m != nil {
			got = m.seen()
		}
		return got.Phase.String(), nil
	})
	if err != nil {
		return target.Machine{Key: s.Key, ID: s.ID}, err // unknown, whatever was seen (TG-112)
	}
	return got, nil
}

// find gives a machine that shows itself already. One whose parts are left after it is being deleted.
func (h *handler) find(k target.Key) *machine {
	m := h.machines[k]
	if m == nil || h.now().Before(m.visible) {
		return nil
	}
	return m
}

func (h *handler) Advance(ctx context.Context, s target.Spec, _ target.Machine) (done bool, again time.Duration, err error) {
	err = h.call(ctx, "advance", s.Key, func() (string, error) {
		m := h.machines[s.Key]
		switch {
		case m == nil:
			return "", failed(target.NotFound, errors.New("no such machine"))
		case m.phase == target.Stopped:
			m.phase, m.reason, m.boots = target.Creating, "", h.now().Add(h.longer(m, h.script.Boot))
			again = m.boots.Sub(h.now())
		case m.phase == target.Creating:
			again = m.boots.Sub(h.now())
		case m.phase == target.Running && m.parts < h.script.Parts:
			m.parts++
		case m.phase == target.Running:
			done = true
		}
		return m.phase.String(), nil
	})
	return done && err == nil, again, err
}

func (h *handler) Destroy(ctx context.Context, s target.Spec) error {
	for {
		more := false
		err := h.call(ctx, "destroy", s.Key, func() (string, error) {
			m := h.machines[s.Key]
			switch {
			case m == nil:
				return target.Absent.String(), nil
			case m.parts > 0: // first what was made beside it: the machine is what they are found by
				m.parts--
				more = true
			case m.phase != target.Deleting:
				m.phase, m.ends = target.Deleting, h.now().Add(h.longer(m, h.script.Shutdown))
			}
			h.settle()
			return m.phase.String(), nil
		})
		if err != nil || !more {
			return err
		}
	}
}

func (h *handler) List(ctx context.Context, _ map[string]string, domain string) ([]target.Machine, error) {
	var all []target.Machine
	err := h.call(ctx, "list", target.Key{Domain: domain}, func() (string, error) {
		for _, m := range h.sorted() {
			if (domain == "" || m.key.Domain == domain) && h.find(m.key) != nil {
				all = append(all, m.seen())
			}
		}
		return fmt.Sprint(len(all)), nil
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// admit sees that the properties are right, as the infrastructure would.
func (h *handler) admit(properties map[string]string) error {
	want, r := h.read(properties)
	if err := r.Err("read the properties", ""); err != nil {
		return failed(target.Invalid, err)
	}
	if h.script.User != "" && (want.user != h.script.User || want.password != h.script.Password) {
		return failed(target.Credentials, fmt.Errorf("the account %q is not let in", want.user))
	}
	if h.script.Images != nil && !slices.Contains(h.script.Images, want.image) {
		return failed(target.NotFound, fmt.Errorf("there is no image %q", want.image))
	}
	return nil
}

func failed(c target.Class, err error) *target.Error { return &target.Error{Class: c, Err: err} }

// step is called, under the lock, before each thing that happens outside the caller.
func (h *handler) step() {
	if h.left == 0 {
		panic(Died{})
	}
	h.left--
}

// call is one request: the network, the limits, the script's failures, then the work, then the way back.
func (h *handler) call(ctx context.Context, op string, k target.Key, work func() (string, error)) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.own = h.own.Add(h.script.Tick)
	h.settle()
	h.step() // it dies before the request is sent
	answer := ""
	err := ctx.Err()
	if err != nil {
		err = failed(target.Timeout, err)
	}
	late := error(nil)
	if err == nil {
		err, late = h.scripted(op, k)
	}
	if err == nil {
		answer, err = work()
		h.step() // it dies before it hears the answer
	}
	if err == nil {
		err = late
	}
	if err == nil {
		h.calls = append(h.calls, Call{h.now(), op, k, answer})
		return nil
	}
	h.calls = append(h.calls, Call{h.now(), op, k, target.ClassOf(err).String()})
	return h.told(op, k, err)
}

// told fills in what TG-114 asks for.
func (h *handler) told(op string, k target.Key, err error) error {
	var e *target.Error
	if !errors.As(err, &e) {
		return err
	}
	full := *e
	full.Op, full.Target, full.Scope = op+" the machine", h.script.Handler, k.Scope
	full.Code, full.Request = "Fake"+strings.ReplaceAll(e.Class.String(), " ", ""), fmt.Sprintf("req-%d", len(h.calls))
	full.Retry = target.MayRetry(e)
	return &full
}

// scripted gives the failure of a call, or the one that comes after the work is done.
func (h *handler) scripted(op string, k target.Key) (now, late error) {
	if h.blind {
		return failed(target.Unavailable, errors.New("the network is gone")), nil
	}
	if second := h.now().Truncate(time.Second); h.script.Rate > 0 {
		if second != h.second {
			h.second, h.inSecond = second, 0
		}
		if h.inSecond++; h.inSecond > h.script.Rate {
			return &target.Error{Class: target.Throttled, Err: errors.New("too many calls"), Wait: second.Add(time.Second).Sub(h.now())}, nil
		}
	}
	for n, f := range h.script.Failures {
		if f.Op != "" && f.Op != op || f.Scope != "" && f.Scope != k.Scope {
			continue
		}
		h.counts[n]++
		if at := h.counts[n]; at <= f.Skip || f.Times > 0 && at > f.Skip+f.Times {
			continue
		}
		err := &target.Error{Class: f.Class, Retry: f.Retry, Wait: f.Wait, Err: fmt.Errorf("the script says %s", f.Class)}
		if f.Late {
			return nil, err
		}
		return err, nil
	}
	return nil, nil
}
