package diag

// Prefix is how the codes of the family begin.
func (c Category) Prefix() string {
	return [...]string{"P_", "PM_", "CO_", "RM_", "PROJ_", "REC_", "CMD_", "RULE_", "", "REST_", "X_"}[c]
}

// Title is what the codes of the family are about, in a few words.
func (c Category) Title(lang Language) string {
	return titles[lang][c]
}

var titles = map[Language][11]string{
	English: {
		"Text", "Declarations", "From files to one model", "The model", "Folders of the project", "Recipes",
		"Commands", "Rules", "Execution", "Remote interface", "Ours",
	},
	French: {
		"Texte", "Déclarations", "Des fichiers à un seul modèle", "Le modèle", "Dossiers du projet", "Recettes",
		"Commandes", "Règles", "Exécution", "Interface distante", "Les nôtres",
	},
}

// Word is the level for people.
func (l Level) Word(lang Language) string {
	if lang == French {
		return [...]string{"grave", "avertissement", "remarque"}[l]
	}
	return l.String()
}
