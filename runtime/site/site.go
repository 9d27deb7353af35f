// Package site runs a whole application on this host: broker, manager, machines.
//
// Its state stands in a folder of the person, one for each application folder, so that another terminal, another folder, the next process
// after a crash find it again.
package site
