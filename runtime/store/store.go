// Package store is the manager's memory on disk (manager.md 5).
package store
