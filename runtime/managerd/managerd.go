// Package managerd runs a manager as a part of a process: its mind, its memory on disk, its bus, its targets.
package managerd
