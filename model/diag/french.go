package diag

// french holds the sentences in French (DIA-50).
var french = map[Code]string{}
