// Package agentd runs an agent as a process: its mind, its journal on disk, its plugins, its bus.
package agentd
