// Package session paces a simulation for people.
package session

// Speed is how many virtual seconds pass in a real one; 0 is as fast as possible.
type Speed float64
