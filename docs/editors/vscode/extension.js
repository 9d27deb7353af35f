// Starts `roboconf lsp` and gives the lenses their meaning.
"use strict";

const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

const languages = ["roboconf-graph", "roboconf-instances", "roboconf-commands", "roboconf-rules", "roboconf-probes"];

/** What the server is asked about: our languages, and the properties files that mean something. */
const documents = [
	...languages.map((language) => ({ scheme: "file", language })),
	{ scheme: "file", pattern: "**/descriptor/application.properties" },
	{ scheme: "file", pattern: "**/graph/**/target.properties" },
	{ scheme: "file", pattern: "**/probes/*.measures.properties" },
];

let client;

/** A lens that counts importers opens the editor's own list of references. */
async function showReferences(uri, position) {
	const at = client.protocol2CodeConverter.asPosition(position);
	const target = vscode.Uri.parse(uri);
	const places = await vscode.commands.executeCommand("vscode.executeReferenceProvider", target, at);
	return vscode.commands.executeCommand("editor.action.showReferences", target, at, places ?? []);
}

function start() {
	const settings = vscode.workspace.getConfiguration("roboconf");
	const server = { command: settings.get("path", "roboconf"), args: ["lsp"] };
	client = new LanguageClient("roboconf", "Roboconf", server, {
		documentSelector: documents,
		synchronize: { configurationSection: "roboconf" },
		initializationOptions: { language: settings.get("language", "") },
		middleware: {
			executeCommand: (command, args, next) =>
				command === "roboconf.showReferences" ? showReferences(...args) : next(command, args),
		},
	});
	return client.start();
}

/** Runs a command of the server on the document that is shown. */
function here(command) {
	return () => {
		const editor = vscode.window.activeTextEditor;
		if (editor) {
			return vscode.commands.executeCommand(command, editor.document.uri.toString(), "");
		}
	};
}

async function activate(context) {
	context.subscriptions.push(
		vscode.commands.registerCommand("roboconf.simulateHere", here("roboconf.simulate")),
		vscode.commands.registerCommand("roboconf.fixEverything", here("roboconf.fixAll")),
		vscode.commands.registerCommand("roboconf.restart", async () => {
			await client.stop();
			await start();
		}),
	);
	await start();
}

function deactivate() {
	return client?.stop();
}

module.exports = { activate, deactivate };
