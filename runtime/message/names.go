package message

// UnroutedExchange is the name of the exchange that gets what found nobody in an application (messaging.md 15.1).
func UnroutedExchange(domain string) string { return short("rbc." + enc(domain) + ".unrouted") }

// DeadExchange is the name of the exchange of dead letters (messaging.md 15.1).
func DeadExchange(domain string) string { return short("rbc." + enc(domain) + ".dlx") }

// DeadQueue is the name of the queue of dead letters (messaging.md 15.1).
func DeadQueue(domain string) string { return short("rbc." + enc(domain) + ".q.dead") }

// Prefix begins the name of every object of a domain, of those that are shortened too (messaging.md 15.6).
func Prefix(domain string) string {
	const kept = 150
	prefix := "rbc." + enc(domain) + "."
	return prefix[:min(len(prefix), kept)]
}

// UserName is the name of the user of an agent (messaging.md 15.6): no two agents of a broker share one.
func UserName(domain, app, path string) string {
	return short("rbc." + enc(domain) + ".agent." + enc(app) + "." + encPath(path))
}
