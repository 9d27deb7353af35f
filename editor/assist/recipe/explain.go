package recipe

import (
	"strings"

	"github.com/roboconf/workbench/editor/ask"
	"github.com/roboconf/workbench/editor/assist/reply"
	"github.com/roboconf/workbench/model/recipe"
)

type sentence = reply.Sentence

// constants are what every recipe is told (PL-35, PL-37, PL-41).
var constants = map[string]sentence{
	"ROBOCONF_ACTION":                       {"What is being done: deploy, start, update, stop, undeploy.", "Ce qui est en cours : deploy, start, update, stop, undeploy."},
	"ROBOCONF_APPLICATION_NAME":             {"The name of the application.", "Le nom de l'application."},
	"ROBOCONF_CLEAN_INSTANCE_PATH":          {"The path of the instance as one word, from its root: for names of files.", "Le chemin de l'instance en un seul mot, depuis sa racine : pour des noms de fichiers."},
	"ROBOCONF_CLEAN_REVERSED_INSTANCE_PATH": {"The path of the instance as one word, from its end.", "Le chemin de l'instance en un seul mot, depuis sa fin."},
	"ROBOCONF_COMPONENT_NAME":               {"The component of the instance.", "Le composant de l'instance."},
	"ROBOCONF_CONTEXT_FILE":                 {"A file with all that is told here, as JSON; it is deleted afterwards.", "Un fichier avec tout ce qui est transmis ici, en JSON ; il est supprimé ensuite."},
	"ROBOCONF_DOMAIN":                       {"The domain of the manager.", "Le domaine du gestionnaire."},
	"ROBOCONF_FILES_DIR":                    {"The folder `files` of the recipe, absolute.", "Le dossier `files` de la recette, absolu."},
	"ROBOCONF_IMPORT_CHANGED_COMPONENT":     {"In an update: the prefix of the import that came or went.", "Dans une mise à jour : le préfixe de l'import apparu ou disparu."},
	"ROBOCONF_IMPORT_CHANGED_INSTANCE_PATH": {"In an update: the instance that came or went.", "Dans une mise à jour : l'instance apparue ou disparue."},
	"ROBOCONF_INSTANCE_NAME":                {"The name of the instance.", "Le nom de l'instance."},
	"ROBOCONF_INSTANCE_PATH":                {"The path of the instance.", "Le chemin de l'instance."},
	"ROBOCONF_OUTPUT":                       {"A file in which the recipe may leave values.", "Un fichier dans lequel la recette peut laisser des valeurs."},
	"ROBOCONF_REQUEST_ID":                   {"The request that made the recipe run.", "La demande qui a lancé la recette."},
	"ROBOCONF_SCOPED_INSTANCE_PATH":         {"The path of the machine.", "Le chemin de la machine."},
	"ROBOCONF_SECRETS_DIR":                  {"The folder with the secrets of the instance.", "Le dossier des secrets de l'instance."},
	"ROBOCONF_UPDATE_STATUS":                {"In an update: `DEPLOYED_STARTED` when an import came, `DEPLOYED_STOPPED` when one went.", "Dans une mise à jour : `DEPLOYED_STARTED` quand un import apparaît, `DEPLOYED_STOPPED` quand il disparaît."},
	"TRACEPARENT":                           {"The place of the request in a trace.", "La place de la demande dans une trace."},
}

var (
	ownText      = sentence{"**%s** is exported by %s itself.", "**%s** est exportée par %s lui-même."}
	aboveText    = sentence{"**%s** of the %s that the instance runs on.", "**%s** de %s, sur lequel fonctionne l'instance."}
	sizeText     = sentence{"How many instances answer the import %s.", "Combien d'instances répondent à l'import %s."}
	pathText     = sentence{"The path of %s that answers the import %s. Numbers start at 0 and shift when an instance goes.", "Le chemin de %s qui répond à l'import %s. Les numéros partent de 0 et se décalent quand une instance disparaît."}
	importedText = sentence{"**%s** of %s that answers the import %s. Numbers start at 0 and shift when an instance goes.", "**%s** de %s qui répond à l'import %s. Les numéros partent de 0 et se décalent quand une instance disparaît."}
	changedText  = sentence{"In an update: **%s** of the instance that came or went.", "Dans une mise à jour : **%s** de l'instance apparue ou disparue."}
	anyText      = sentence{"any instance", "n'importe quelle instance"}
	numberText   = sentence{"the instance number %s", "l'instance numéro %s"}
	parameterIs  = sentence{"%s: %s", "%s : %s"}
	answeredBy   = sentence{"Answered by %s.", "Instances qui répondent : %s."}
	answeredNone = sentence{"No predefined instance answers it.", "Aucune instance prédéfinie n'y répond."}
	exampleText  = sentence{"For instance: %s", "Par exemple : %s"}
	notExported  = sentence{"Nobody exports it: the variable will be empty.", "Personne ne l'exporte : la variable sera vide."}
	setHere      = sentence{"The script gives it a value itself.", "Le script lui donne lui-même une valeur."}
)

// tell says what a name means.
func (p *page) tell(s *reply.Sheet, m recipe.Meaning) {
	lang := p.Language
	instance := numberText.In(lang, m.Index)
	if m.Index == recipe.Any {
		instance = anyText.In(lang)
	}
	switch m.Role {
	case recipe.Own:
		s.Add(ownText.In(lang, m.Local, reply.Code(p.component.Name)))
	case recipe.Ancestor:
		s.Add(aboveText.In(lang, m.Local, reply.Code(m.Prefix)))
	case recipe.Size:
		s.Add(sizeText.In(lang, reply.Code(m.Prefix)))
	case recipe.Path:
		s.Add(pathText.In(lang, instance, reply.Code(m.Prefix)))
	case recipe.Imported:
		s.Add(importedText.In(lang, m.Local, instance, reply.Code(m.Prefix)))
	case recipe.Changed:
		s.Add(changedText.In(lang, m.Local))
	case recipe.Constant:
		s.Add(reply.Named(lang, m.Local, constants[m.Local]))
	}
	if !m.Known && (m.Role == recipe.Imported || m.Role == recipe.Ancestor) {
		s.Add(notExported.In(lang))
		return
	}
	if m.Role == recipe.Size || m.Role == recipe.Path || m.Role == recipe.Imported {
		s.Add(p.answered(m.Prefix))
	}
	if sample := p.sample(m); sample != "" {
		s.Add(exampleText.In(lang, reply.Code(sample)))
	}
}

// answered names the instances that answer an import.
func (p *page) answered(prefix string) string {
	if paths := p.answers(prefix); len(paths) > 0 {
		return answeredBy.In(p.Language, reply.List(p.Language, paths))
	}
	return answeredNone.In(p.Language)
}

// doc is what a name means, for a list.
func (p *page) doc(name string) string {
	var s reply.Sheet
	p.tell(&s, p.names.Decode(name))
	return s.String()
}

// Hover tells about the variable, the parameter, the tag at a place.
func (Script) Hover(g ask.Ground, file string, at int) (ask.Hover, bool) {
	p, ok := open(g, file)
	if !ok || p.component == nil {
		return ask.Hover{}, false
	}
	at = reply.Clamp(p.text, at)
	if p.lang == recipe.Manifest {
		return p.parameterHover(at)
	}
	read := recipe.Read(p.lang, p.text)
	for _, u := range read.Uses {
		if !u.Span.Contains(at) {
			continue
		}
		var s reply.Sheet
		p.tell(&s, p.names.Decode(u.Name))
		for _, name := range read.Sets {
			if name == u.Name {
				s.Add(setHere.In(g.Language))
			}
		}
		return s.Hover(u.Span)
	}
	if p.lang == recipe.Template {
		return p.tagHover(at)
	}
	return ask.Hover{}, false
}

// tags are what the context of a template holds (PL-45).
var tags = map[string]sentence{
	"importLists":  {"One entry per prefix with at least one import.", "Une entrée par préfixe qui a au moins un import."},
	"imports":      {"The instances that answer the prefix, in the order in which they came.", "Les instances qui répondent au préfixe, dans l'ordre de leur arrivée."},
	"exportedVars": {"The variables that the instance exports: `name`, `value`, `localName`.", "Les variables que l'instance exporte : `name`, `value`, `localName`."},
	"prefix":       {"The prefix of the imports: a component or a facet.", "Le préfixe des imports : un composant ou une facette."},
	"name":         {"The full name of a variable; of an instance or an ancestor, its name.", "Le nom complet d'une variable ; d'une instance ou d'un ancêtre, son nom."},
	"value":        {"The value of the variable.", "La valeur de la variable."},
	"localName":    {"The name of the variable after its first dot.", "Le nom de la variable après son premier point."},
	"instance":     {"The instance itself: `name`, `path`, `cleanPath`, `reversedCleanPath`, `component`, `application`, `scope`.", "L'instance elle-même : `name`, `path`, `cleanPath`, `reversedCleanPath`, `component`, `application`, `scope`."},
	"exports":      {"What the instance exports: `name`, `localName`, `value`.", "Ce que l'instance exporte : `name`, `localName`, `value`."},
	"ancestors":    {"What the instance runs on: `component`, `name`, `path`, `exports`.", "Ce sur quoi fonctionne l'instance : `component`, `name`, `path`, `exports`."},
	"instancePath": {"The path of the instance that answers.", "Le chemin de l'instance qui répond."},
	"instanceName": {"The name of the instance that answers.", "Le nom de l'instance qui répond."},
	"index":        {"The number of the import, from 0 on.", "Le numéro de l'import, à partir de 0."},
	"first":        {"Holds for the first one.", "Vrai pour le premier."},
	"last":         {"Holds for the last one.", "Vrai pour le dernier."},
	"vars":         {"The variables of the import by their local names: `{{vars.ip}}`.", "Les variables de l'import par leurs noms locaux : `{{vars.ip}}`."},
	"update":       {"During an update: `status`, `prefix`, `instancePath`, `vars`.", "Pendant une mise à jour : `status`, `prefix`, `instancePath`, `vars`."},
}

func (p *page) tagHover(at int) (ask.Hover, bool) {
	found, _ := recipe.Tags(p.text)
	for _, t := range found {
		if !t.Span.Contains(at) || t.Name == "" {
			continue
		}
		var s reply.Sheet
		name, rest, _ := strings.Cut(t.Name, ".")
		if does, ok := tags[name]; ok {
			s.Add(reply.Named(p.Language, name, does))
		}
		if name == "vars" && rest != "" || tags[name] == (sentence{}) {
			s.Add(p.importedBy(strings.TrimPrefix(t.Name, "vars.")))
		}
		return s.Hover(t.Span)
	}
	return ask.Hover{}, false
}

// importedBy names the imports that bring a local name.
func (p *page) importedBy(local string) string {
	var prefixes []string
	for _, prefix := range p.prefixes() {
		for _, name := range p.names.Imports[prefix] {
			if name == local {
				prefixes = append(prefixes, prefix+"."+local)
			}
		}
	}
	if len(prefixes) == 0 {
		return ""
	}
	return reply.List(p.Language, prefixes)
}

var (
	stateText  = sentence{"Whether what the class manages shall run: `running`, `stopped`, or undefined.", "Si ce que gère la classe doit fonctionner : `running`, `stopped`, ou indéfini."}
	diffText   = sentence{"In an update, what came or went: `added`, `removed`, `component`.", "Dans une mise à jour, ce qui est apparu ou disparu : `added`, `removed`, `component`."}
	hashText   = sentence{"The instances that answer the import %s: a hash of their paths, with the variables of each; undefined without any.", "Les instances qui répondent à l'import %s : une table de leurs chemins, avec les variables de chacune ; indéfini s'il n'y en a pas."}
	notByUs    = sentence{"Roboconf gives it no value.", "Roboconf ne lui donne pas de valeur."}
	stateParam = "$runningState"
	diffParam  = "$importDiff"
)

// parameterText says what a parameter of a class stands for (PL-52).
func (p *page) parameterText(name string) string {
	switch name {
	case stateParam:
		return stateText.In(p.Language)
	case diffParam:
		return diffText.In(p.Language)
	}
	bare := strings.TrimPrefix(name, "$")
	for _, prefix := range p.prefixes() {
		if parameterOf(prefix) == bare {
			return hashText.In(p.Language, reply.Code(prefix)) + "\n\n" + p.answered(prefix)
		}
	}
	for _, local := range p.names.Own {
		if parameterOf(local) == bare {
			return p.doc(recipe.Mangle(local))
		}
	}
	return notByUs.In(p.Language)
}

// parameterOf is the name of a parameter for a prefix or a local name (PL-52, PL-53).
func parameterOf(name string) string { return strings.ToLower(recipe.Mangle(name)) }

func (p *page) parameterHover(at int) (ask.Hover, bool) {
	class, ok := recipe.ReadClass(p.text)
	if !ok {
		return ask.Hover{}, false
	}
	word := reply.Word(p.text, at, func(c byte) bool { return isName(c) || c == '$' })
	for _, x := range class.Parameters {
		if word.Of(p.text) == x.Name {
			var s reply.Sheet
			s.Add(parameterIs.In(p.Language, reply.Code(x.Name), p.parameterText(x.Name)))
			return s.Hover(word)
		}
	}
	return ask.Hover{}, false
}

func isName(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
