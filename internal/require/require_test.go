package require

import (
	"os"
	"path/filepath"
	"testing"
)

func TestDemandedReadsAList(t *testing.T) {
	for _, c := range []struct {
		list, need string
		want       bool
	}{
		{"", "docker", false},
		{"docker,rabbitmq", "rabbitmq", true},
		{"docker, rabbitmq", "rabbitmq", true},
		{"dockers", "docker", false},
	} {
		if got := Demanded(c.list, c.need); got != c.want {
			t.Errorf("Demanded(%q, %q) = %v", c.list, c.need, got)
		}
	}
}

func TestEveryNeedIsKnown(t *testing.T) {
	if _, err := Find("a pony"); err == nil {
		t.Error("an unknown need is found")
	}
	for _, word := range Needs() {
		if path, err := Find(word); err == nil && path == "" {
			t.Errorf("%s is found nowhere", word)
		}
	}
}

func TestEngineThatIsNotThereIsNamed(t *testing.T) {
	t.Setenv("DOCKER_HOST", "unix://"+filepath.Join(t.TempDir(), "none.sock"))
	if _, err := Find("docker"); err == nil {
		t.Error("an engine answers on a socket that does not exist")
	}
}

func TestDockerAnswers(t *testing.T) {
	if address := Docker(t); address == "" {
		t.Error("an engine without address")
	}
}

func TestRabbitMQIsAProgram(t *testing.T) {
	info, err := os.Stat(RabbitMQ(t))
	if err != nil || info.Mode()&0o111 == 0 {
		t.Errorf("cannot be run: %v", err)
	}
}
