package require

import (
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"testing"
)

// The schema of SARIF 2.1.0 is not ours to keep: it is read from the module that has it among its test data.
const (
	schemaModule = "github.com/securego/gosec/v2@v2.30.0"
	schemaFile   = "report/sarif/testdata/sarif-schema-2.1.0.json"
)

// SARIFSchema gives the file with the JSON schema of SARIF 2.1.0, from the module cache; it is downloaded when it is not there.
func SARIFSchema(t testing.TB) string {
	t.Helper()
	return need(t, "sarif")
}

func sarif() (string, error) {
	out, err := exec.Command("go", "mod", "download", "-json", schemaModule).Output()
	var module struct{ Dir, Error string }
	if bad := json.Unmarshal(out, &module); err == nil {
		err = bad
	}
	switch {
	case module.Error != "":
		return "", fmt.Errorf("download %s, which has the schema of SARIF: %s", schemaModule, module.Error)
	case err != nil:
		return "", fmt.Errorf("download %s, which has the schema of SARIF: %w", schemaModule, err)
	case module.Dir == "":
		return "", errors.New("no schema of SARIF")
	}
	return filepath.Join(module.Dir, filepath.FromSlash(schemaFile)), nil
}
