// Package profile says how long pretended recipes take, with how they fail.
package profile

// Profile is read from .roboconf/profile; the zero value is the default.
type Profile struct{}
