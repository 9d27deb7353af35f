// Package plan compares what is wanted with what is observed: ordered steps, each with its reason.
package plan
