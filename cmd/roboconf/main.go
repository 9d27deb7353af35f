// Command roboconf is the workbench for people: no arguments open the terminal.
package main

import "os"

// version is set by the linker: see the Makefile.
var version = "unversioned"

func main() { os.Exit(run(os.Args[1:], ownStreams())) }
