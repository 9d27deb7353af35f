//go:build !unix

package lsp

import "os"

// alive says whether a process runs: it can be opened.
func alive(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	_ = p.Release() // only its existence was asked for
	return true
}
