package manager

// TemplateID identifies a template (MG-10).
type TemplateID struct{ Name, Version string }

// String is the identity for people, as in the folder of the template.
func (id TemplateID) String() string {
	if id.Version == "" {
		return id.Name
	}
	return id.Name + " - " + id.Version
}

// Target is a way to get machines (manager.md 4.1). It is immutable.
type Target struct {
	ID string
	// Text is the definition as it is written, without the line of its id (MG-40); Properties is what it says.
	Text       string
	Properties map[string]string
	Creator    TemplateID // that brought it along; zero when a person defined it
}

// Brought is a target that stands in the folder of a machine component (manager.md 4.2).
type Brought struct {
	Target
	// Component is associated with it in the template; "" for none (TG-4).
	Component string
}

// Operations on templates, targets, associations. But for Associate without a Template, App of their Do is not looked at.
type (
	// LoadTemplate tells of a template that was loaded: its targets are defined, hinted, associated, all or none (MG-11, TG-4, TG-5). A template of
	// that identity, or another one with the same external prefix, refuses it (MG-10, MG-11 step 2); Again allows the former.
	LoadTemplate struct {
		ID      TemplateID
		Prefix  string // of its external exports; "" for none
		Targets []Brought
		Again   bool
	}
	// DeleteTemplate forgets a template that no application uses (MG-13): its associations, its hints; with Targets, also the targets
	// that it brought along and that nobody else refers to.
	DeleteTemplate struct {
		ID      TemplateID
		Targets bool
	}
	// SetTarget defines a target; with Change it changes one that is there, for the machines to come (MG-40, MG-41, TG-6).
	SetTarget struct {
		Target
		Change bool
	}
	// RemoveTarget deletes a target that no machine uses (MG-42). One that is associated is refused too, unless Force removes the
	// associations (TG-117).
	RemoveTarget struct {
		ID    string
		Force bool
	}
	// Hint says that a target is meant for an application, or for a template; Off takes that back (MG-46).
	Hint struct {
		Target   string
		App      string
		Template TemplateID
		Off      bool
	}
	// Associate chooses the target of an element of an application, or of a template: the path of an instance, "@" with the name
	// of a component, or "" for the default (MG-45, TG-12). Target "" ends the association.
	Associate struct {
		Element, Target string
		Template        TemplateID
	}
)

// Association is a choice that was made.
type Association struct{ Element, Target string }
