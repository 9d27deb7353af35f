package source

// File is a file to make: one that is there already is not touched.
type File struct {
	// Name is relative to the application's folder, with slashes.
	Name, Text string
	// Executable says that it is a program, such as a script.
	Executable bool
}

// Move is a file or a folder that gets another name; both are relative to the application's folder.
type Move struct{ From, To string }

// Change is all that has to be done to the files of an application to reach something: texts, new files, other names.
// Edits name files as they are before the moves. It is done whole or not at all.
type Change struct {
	Edits []Edit
	Files []File
	Moves []Move
}

// Empty says whether there is nothing to do.
func (c Change) Empty() bool { return len(c.Edits) == 0 && len(c.Files) == 0 && len(c.Moves) == 0 }
