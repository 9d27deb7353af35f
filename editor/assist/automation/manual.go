package automation

import (
	"github.com/roboconf/workbench/editor/assist/reply"
	"github.com/roboconf/workbench/model/command"
)

type sentence = reply.Sentence

// instructions are what each instruction does (autonomic.md 3.3).
var instructions = map[command.Kind]sentence{
	command.Associate: {
		"`associate PATH with TARGET`: the machine will be made by that target. Only possible while it is not deployed.",
		"`associate CHEMIN with CIBLE` : la machine sera fournie par cette cible. Possible seulement tant qu'elle n'est pas déployée.",
	},
	command.Change: {
		"`change status of PATH to STATUS`: asks for a state: *not deployed*, *deployed and stopped* or *deployed and started*.",
		"`change status of CHEMIN to ÉTAT` : demande un état : *not deployed*, *deployed and stopped* ou *deployed and started*.",
	},
	command.Email: {
		"`email ADDRESS, … with TEXT`: sends a message to these people and to the default recipients. `\\n` is a line break; a first line `Subject: …` is the subject.",
		"`email ADRESSE, … with TEXTE` : envoie un message à ces personnes et aux destinataires par défaut. `\\n` est un saut de ligne ; une première ligne `Subject: …` donne l'objet.",
	},
	command.Define: {
		"`define NAME = VALUE`: from here on, `$(NAME)` stands for the value. It is computed before anything is done.",
		"`define NOM = VALEUR` : à partir d'ici, `$(NOM)` représente la valeur. Elle est calculée avant toute exécution.",
	},
	command.Create: {
		"`create COMPONENT as NAME under PATH`: adds an instance, not deployed. A root instance needs no `under`.",
		"`create COMPOSANT as NOM under CHEMIN` : ajoute une instance, non déployée. Une instance racine n'a pas besoin de `under`.",
	},
	command.Replicate: {
		"`replicate PATH as NAME`: copies a root instance with everything on it; the copy is not deployed.",
		"`replicate CHEMIN as NOM` : copie une instance racine avec tout ce qu'elle porte ; la copie n'est pas déployée.",
	},
	command.Rename: {
		"`rename PATH as NAME`: gives an instance another name. Its machine must not be deployed.",
		"`rename CHEMIN as NOM` : donne un autre nom à une instance. Sa machine ne doit pas être déployée.",
	},
	command.Write: {
		"`write TEXT into FILE`: puts the text into a file of the manager's machine, in place of what it holds.",
		"`write TEXTE into FICHIER` : écrit le texte dans un fichier de la machine du gestionnaire, à la place de son contenu.",
	},
	command.Append: {
		"`append TEXT into FILE`: adds a line to a file of the manager's machine.",
		"`append TEXTE into FICHIER` : ajoute une ligne à un fichier de la machine du gestionnaire.",
	},
	command.Execute: {
		"`execute COMMAND`: runs another command here, with variables of its own.",
		"`execute COMMANDE` : exécute ici une autre commande, avec ses propres variables.",
	},
}

// bulks are what bulk instructions do (commands-rules-probes.md 2.2), in the order in which they are offered.
var bulks = []struct {
	verb string
	does sentence
}{
	{"deploy and start all", sentence{
		"Deploys and starts an instance with everything below it: parents first.",
		"Déploie et démarre une instance avec tout ce qui est dessous : les parents d'abord.",
	}},
	{"stop all", sentence{
		"Stops an instance with everything below it: children first. All stay deployed.",
		"Arrête une instance avec tout ce qui est dessous : les enfants d'abord. Tout reste déployé.",
	}},
	{"undeploy all", sentence{
		"Undeploys an instance with everything below it. A machine is given back.",
		"Retire une instance avec tout ce qui est dessous. Une machine est rendue.",
	}},
	{"delete", sentence{
		"Removes an instance with everything below it from the application. What is still deployed is removed once it no longer is.",
		"Supprime de l'application une instance et tout ce qui est dessous. Ce qui est encore déployé est supprimé dès qu'il ne l'est plus.",
	}},
}

// generators are what stands for something that only the execution knows (commands-rules-probes.md 2.6).
var generators = []struct {
	text    string
	snippet string
	define  bool // understood in define only
	whole   bool // must be the whole value
	does    sentence
}{
	{"$(SMART_INDEX)", `\$(SMART_INDEX)`, true, false, sentence{
		"The smallest number from 1 on that no instance with such a name has, under the path or at the root.",
		"Le plus petit nombre à partir de 1 qu'aucune instance de ce nom ne porte, sous le chemin ou à la racine.",
	}},
	{"$(EXISTING_INDEX MAX)", `\$(EXISTING_INDEX ${1:MAX})`, true, false, sentence{
		"The greatest number (or with `MIN` the smallest) that an existing instance with such a name has; `< n`, `> n` bound it. Without any, the variable has no value and what uses it is skipped.",
		"Le plus grand nombre (avec `MIN`, le plus petit) que porte une instance existante de ce nom ; `< n`, `> n` le bornent. S'il n'y en a aucune, la variable n'a pas de valeur et ce qui l'utilise est sauté.",
	}},
	{"$(FORMATTED_TIME yyyy-MM-dd)", `\$(FORMATTED_TIME ${1:yyyy-MM-dd HH:mm})`, true, true, sentence{
		"The date and the time, in the form of a pattern: `y M d H m s` and so on, texts between quotes. It must be the whole value.",
		"La date et l'heure, selon un motif : `y M d H m s`, etc., les textes entre apostrophes. Ce doit être toute la valeur.",
	}},
	{"$(UUID)", `\$(UUID)`, false, false, sentence{"A random identifier, never the same twice.", "Un identifiant aléatoire, jamais deux fois le même."}},
	{"$(MILLI_TIME)", `\$(MILLI_TIME)`, false, false, sentence{"The current time in milliseconds.", "L'heure courante en millisecondes."}},
	{"$(NANO_TIME)", `\$(NANO_TIME)`, false, false, sentence{"The current time in nanoseconds.", "L'heure courante en nanosecondes."}},
}

// states are those that can be asked for (CMD-20), as a person writes them.
var states = []struct {
	words, name string
	means       sentence
}{
	{"deployed and started", "DEPLOYED_STARTED", sentence{"It runs, as soon as what it needs is there.", "Elle fonctionne, dès que ce dont elle a besoin est là."}},
	{"deployed and stopped", "DEPLOYED_STOPPED", sentence{"It is installed and does not run.", "Elle est installée et ne fonctionne pas."}},
	{"not deployed", "NOT_DEPLOYED", sentence{"Nothing of it is left on its machine.", "Il n'en reste rien sur sa machine."}},
}

// connectives are the words between the parts of instructions.
var connectives = map[string]sentence{
	"as":        {"What follows is the name of the new instance.", "Ce qui suit est le nom de la nouvelle instance."},
	"under":     {"What follows is the path of the parent.", "Ce qui suit est le chemin du parent."},
	"with":      {"What follows is the target, or the text of the message.", "Ce qui suit est la cible, ou le texte du message."},
	"to":        {"What follows is the state that is asked for.", "Ce qui suit est l'état demandé."},
	"into":      {"What follows is the file.", "Ce qui suit est le fichier."},
	"of":        {"What follows says which ones.", "Ce qui suit dit lesquelles."},
	"instances": {"All the instances of exactly one component: those that extend it do not count.", "Toutes les instances d'exactement un composant : celles qui en héritent ne comptent pas."},
	"=":         {"What follows is the value.", "Ce qui suit est la valeur."},
}

// platform are the events that the platform raises (autonomic.md 9), with an example of their argument.
var platform = []struct {
	event, snippet string
	means          sentence
}{
	{"@problem", "@problem", sentence{"An instance came into trouble.", "Une instance a rencontré un problème."}},
	{"@recovered", "@recovered", sentence{"An instance came out of trouble.", "Une instance est sortie d'un problème."}},
	{"@start-failed", "@start-failed", sentence{"The recipe that starts an instance failed.", "La recette qui démarre une instance a échoué."}},
	{"@unresolved-for", "@unresolved-for(${1:60s})", sentence{"For so long an instance has waited for what it imports.", "Depuis ce temps, une instance attend ce qu'elle importe."}},
	{"@machine-dead", "@machine-dead", sentence{"A machine does not answer any more.", "Une machine ne répond plus."}},
}

// attributes are what each attribute of a rule does (autonomic.md 2.2).
var attributes = map[string]struct {
	snippet string
	does    sentence
}{
	"sleep period is": {"sleep period is ${1:300}s", sentence{
		"After the rule has run it sleeps so many seconds, whatever happens: time for what it did to show an effect.",
		"Après s'être exécutée, la règle dort ce nombre de secondes, quoi qu'il arrive : le temps que son action fasse effet.",
	}},
	"time window is": {"time window is ${1:60}s", sentence{
		"Events older than that do not count. Several events, or several occurrences, must fall within it.",
		"Les événements plus anciens ne comptent pas. Plusieurs événements, ou plusieurs occurrences, doivent y tenir.",
	}},
	"occurrences is": {"occurrences is ${1:3}", sentence{
		"The event must be met so many times within the time window. Other tools do not know this.",
		"L'événement doit se produire ce nombre de fois dans la fenêtre de temps. D'autres outils ne le connaissent pas.",
	}},
	"on-sleep: drop": {"on-sleep: drop", sentence{
		"What happens while the rule sleeps is forgotten. Other tools do not know this.",
		"Ce qui se produit pendant que la règle dort est oublié. D'autres outils ne le connaissent pas.",
	}},
	"on-sleep: defer": {"on-sleep: defer", sentence{
		"What happens while the rule sleeps makes it run when it wakes up. Other tools do not know this.",
		"Ce qui se produit pendant que la règle dort l'exécute à son réveil. D'autres outils ne le connaissent pas.",
	}},
	"until settled": {"until settled", sentence{
		"The rule also sleeps until the instances that it touched are stable. Other tools do not know this.",
		"La règle dort aussi jusqu'à ce que les instances qu'elle a touchées soient stables. D'autres outils ne le connaissent pas.",
	}},
}

// handler is one who makes checks (commands-rules-probes.md 4.3, 4.4).
type handler struct {
	content string // a valid one, as a snippet; "" when none is needed
	ours    bool
	does    sentence
}

var handlers = map[string]handler{
	"file": {"${1:/tmp/flag}", false, sentence{
		"Raises the event when a file exists; `Delete if exists PATH` deletes it first, `Notify if not exists PATH` waits for its absence.",
		"Lève l'événement quand un fichier existe ; `Delete if exists CHEMIN` le supprime d'abord, `Notify if not exists CHEMIN` guette son absence.",
	}},
	"rest": {"Check ${1:http://localhost:8080/status} THAT ${2:load} > ${3:80}", false, sentence{
		"Asks a web address, compares one value of the answer: `Check URL THAT NAME OPERATOR VALUE`.",
		"Interroge une adresse web et compare une valeur de la réponse : `Check URL THAT NOM OPÉRATEUR VALEUR`.",
	}},
	"nagios": {"Nagios configuration at ${1:localhost:50000}\n${2:GET hosts}", false, sentence{
		"Sends a LiveStatus query; raises the event whenever there is an answer.",
		"Envoie une requête LiveStatus ; lève l'événement à chaque réponse.",
	}},
	"docker": {"", false, sentence{
		"Raises the event when a container does not run. Without a name it is the one that is called after the instance.",
		"Lève l'événement quand un conteneur ne fonctionne pas. Sans nom, c'est celui qui porte le nom de l'instance.",
	}},
	"log":        {"Check ${1:/var/log/app.log} THAT ${2:ERROR} for ${3:1m}", true, sentence{"Follows a log file.", "Suit un journal."}},
	"exec":       {"Check ${1:/usr/local/bin/probe} THAT ${2:exit != 0}", true, sentence{"Runs a command, compares its exit status or what it prints.", "Exécute une commande, compare son code de sortie ou ce qu'elle affiche."}},
	"tcp":        {"Check ${1:localhost:8080} THAT ${2:refuses}", true, sentence{"Tries to connect.", "Tente une connexion."}},
	"process":    {"Check ${1:java} THAT ${2:cpu > 80} for ${3:1m}", true, sentence{"Looks at a process: alive, processor, memory.", "Observe un processus : présence, processeur, mémoire."}},
	"system":     {"Check ${1:load} THAT ${2:value > 4} for ${3:1m}", true, sentence{"Looks at the machine: load, disk, memory.", "Observe la machine : charge, disque, mémoire."}},
	"jmx":        {"Check ${1:http://localhost:8778/jolokia} THAT ${2:HeapMemoryUsage > 80}", true, sentence{"Asks a Java program through its bridge.", "Interroge un programme Java par sa passerelle."}},
	"prometheus": {"Check ${1:http://localhost:9090/metrics} THAT ${2:load > 4}", true, sentence{"Reads a page of metrics.", "Lit une page de métriques."}},
	"rabbitmq":   {"Check ${1:queue} THAT ${2:depth > 1000}", true, sentence{"Looks at the depth of a queue.", "Observe la longueur d'une file."}},
}

// unknownToOthers is added to what only this platform understands.
var unknownToOthers = sentence{"Other tools do not know it.", "D'autres outils ne le connaissent pas."}
