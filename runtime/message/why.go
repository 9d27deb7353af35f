package message

// Why is the reason of a change of an instance, as data: people read it on a timeline.
type Why struct {
	Kind   WhyKind
	Prefix string // of the import concerned, or the prefixes that are missing, separated by ", "
	Path   string // of the other instance concerned
	Detail string // the operation, or the words of a failure
}

// WhyKind is a sort of reason. "" is "nobody said".
type WhyKind string

// The reasons.
const (
	WhyRequest       WhyKind = "request"        // somebody asked
	WhyModel         WhyKind = "model"          // the agent received its model
	WhyImportAdded   WhyKind = "import.added"   // Prefix appeared, given by Path
	WhyImportChanged WhyKind = "import.changed" // Path gives other values for Prefix
	WhyImportLost    WhyKind = "import.lost"    // Path does not give Prefix any more
	WhyMissing       WhyKind = "missing"        // nothing gives Prefix yet
	WhyParentWaits   WhyKind = "parent.waits"   // the parent at Path is not started
	WhyParentStarted WhyKind = "parent.started" // the parent at Path has started
	WhyAncestor      WhyKind = "ancestor"       // Path, above, stops or is undeployed
	WhyRecipe        WhyKind = "recipe"         // recipe Detail ended well
	WhyFailed        WhyKind = "failed"         // recipe Detail failed
	WhyInterrupted   WhyKind = "interrupted"    // the agent died meanwhile
	WhyReboot        WhyKind = "reboot"         // the machine was restarted
	WhyReset         WhyKind = "reset"          // the machine is recycled
	WhyReport        WhyKind = "report"         // the manager asked how things are
)

// String says it in words, "" when nobody said why.
func (w Why) String() string {
	switch w.Kind {
	case WhyRequest:
		return "on request"
	case WhyModel:
		return "received its model"
	case WhyImportAdded:
		return w.Prefix + " appeared, from " + w.Path
	case WhyImportChanged:
		return w.Prefix + " changed, from " + w.Path
	case WhyImportLost:
		return w.Prefix + " disappeared, from " + w.Path
	case WhyMissing:
		return "waits for " + w.Prefix
	case WhyParentWaits:
		return "waits for its parent " + w.Path
	case WhyParentStarted:
		return "its parent " + w.Path + " started"
	case WhyAncestor:
		return "follows " + w.Path
	case WhyRecipe:
		return w.Detail + " ended well"
	case WhyFailed:
		return w.Detail + " failed"
	}
	return w.rare()
}

func (w Why) rare() string {
	switch w.Kind {
	case WhyInterrupted:
		return w.Detail + " was interrupted"
	case WhyReboot:
		return "the machine was restarted"
	case WhyReset:
		return "the machine is recycled"
	case WhyReport:
		return "as asked by the manager"
	}
	return string(w.Kind)
}
