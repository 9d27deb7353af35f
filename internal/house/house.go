// Package house holds the project to its own rules: its tests read the whole tree.
package house
