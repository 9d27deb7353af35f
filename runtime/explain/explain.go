// Package explain says why an instance is not as a person wants it.
package explain
