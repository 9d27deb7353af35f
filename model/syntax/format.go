package syntax

// Format lays a text out in the one layout (dsl.md 12.2). Lines that cannot be read keep their bytes.
func Format(text string) string { panic("to be written") }
