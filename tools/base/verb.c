/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/base/verb.h"

#include <stdlib.h>
#include <string.h>

#include "libejguard/util/suggest.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define FIELD(name) offsetof(struct arguments, name)

const struct option_spec global_options[] = {
	{ "confdir", 0, OPTION_PATH, "DIR", FIELD(confdir), "read stack files from DIR instead of " EJG_CONFDIR },
	{ "moduledir", 0, OPTION_PATH, "DIR", FIELD(moduledir), "load modules from DIR instead of " EJG_MODULEDIR },
	{ "json", 0, OPTION_FLAG, NULL, FIELD(json), "print one JSON object" },
	{ "quiet", 'q', OPTION_FLAG, NULL, FIELD(quiet), "print only failures" },
	{ "verbose", 'v', OPTION_FLAG, NULL, FIELD(verbose), "print everything, and a log to stderr" },
	{ "no-pager", 0, OPTION_FLAG, NULL, FIELD(no_pager), "do not show long pages by a pager" },
	{ "help", 'h', OPTION_FLAG, NULL, FIELD(help), "print this help" },
	{ "version", 0, OPTION_FLAG, NULL, FIELD(version), "print the version" },
};
const size_t n_global_options = LENGTH(global_options);

#define ROOT_OPTION                                                                                                    \
	{                                                                                                              \
		"root", 0, OPTION_PATH, "DIR", FIELD(root),                                                            \
			"read the image or the mounted disk at DIR instead of this system"                             \
	}

static const struct option_spec check_options[] = {
	ROOT_OPTION,
	{ "file", 0, OPTION_PATH, "STACK", FIELD(file), "check with this stack file; it need not be installed" },
	{ "nagios", 0, OPTION_FLAG, NULL, FIELD(nagios), "print and exit as a plugin of Nagios or Icinga" },
	{ "html", 0, OPTION_FLAG, NULL, FIELD(html), "print a page for a browser, all in one file" },
	{ "detailed-exitcode", 0, OPTION_FLAG, NULL, FIELD(detailed),
	  "with --file: the exit status is 5 when an apply would change something" },
};

static const struct option_spec explain_options[] = {
	{ "file", 0, OPTION_PATH, "STACK", FIELD(file), "answer as if this stack file were applied" },
	{ "user", 0, OPTION_WORD, "USER", FIELD(user),
	  "ask what a local user (name or number) may do, instead of the service" },
};

static const struct option_spec apply_options[] = {
	{ "own", 0, OPTION_FLAG, NULL, FIELD(own),
	  "fail unless called from a unit of the service (for ExecStartPre=)" },
	{ "cgroup", 0, OPTION_LIST, "PATH", FIELD(cgroups),
	  "guard this cgroup instead of those of the stack (repeatable)" },
	{ "only", 0, OPTION_LIST, "MODULE", FIELD(only), "use only this module of the stack (repeatable)" },
	{ "no-proof", 0, OPTION_FLAG, NULL, FIELD(no_proof), "skip the self-test (do not try forbidden connections)" },
	{ "grace", 0, OPTION_WORD, "SECONDS", FIELD(grace),
	  "accept an address that a peer's name had in the last SECONDS" },
	{ "dry-run", 0, OPTION_FLAG, NULL, FIELD(dry_run), "show what would change; exit status 5 if something would" },
	{ "confirm", 0, OPTION_WORD, "TIME", FIELD(confirm),
	  "restore the former policy after TIME (60s) unless ejguard confirm is run" },
};

static const struct option_spec discover_options[] = {
	ROOT_OPTION,
	{ "graph", 0, OPTION_FLAG, NULL, FIELD(graph), "print who reaches what as a graph, for graphviz's dot" },
};

static const struct option_spec status_options[] = {
	{ "prove", 0, OPTION_FLAG, NULL, FIELD(prove),
	  "also run the self-test: try forbidden connections, which must be refused" },
	{ "openmetrics", 0, OPTION_FLAG, NULL, FIELD(openmetrics), "print only metrics, in OpenMetrics format" },
	{ "prometheus", 0, OPTION_FLAG, NULL, FIELD(prometheus),
	  "print only metrics, in Prometheus's text format (for node_exporter)" },
};

static const struct option_spec exec_options[] = {
	{ "service", 0, OPTION_WORD, "SERVICE", FIELD(operand), "the service that the command starts" },
	{ "cgroup", 0, OPTION_WORD, "PATH", FIELD(cgroup),
	  "the cgroup to run it in (created if missing); default: SERVICE below the mount of cgroup2" },
	{ "user", 0, OPTION_WORD, "USER", FIELD(user), "run it as this user (name or number)" },
	{ "only-confine", 0, OPTION_FLAG, NULL, FIELD(only_confine),
	  "only confine this process and run the command: the cgroup is guarded already, as in a unit of systemd" },
	{ "wait-empty", 0, OPTION_FLAG, NULL, FIELD(wait_empty),
	  "wait until the command has ended, then end the processes that it leaves in the cgroup" },
};

static const struct option_spec watch_options[] = {
	{ "module", 0, OPTION_LIST, "MODULE", FIELD(watched), "show only the events of this module (repeatable)" },
};

static const struct option_spec doctor_options[] = {
	{ "unitdir", 0, OPTION_PATH, "DIR", FIELD(unitdir), "look for the drop-ins below DIR instead of " EJG_UNITDIR },
	{ "templatedir", 0, OPTION_PATH, "DIR", FIELD(templatedir),
	  "read the templates from DIR instead of " EJG_DATADIR "/systemd" },
};

static const struct option_spec enable_options[] = {
	{ "dry-run", 0, OPTION_FLAG, NULL, FIELD(dry_run), "show what would change; exit status 5 if something would" },
	{ "seccomp", 0, OPTION_FLAG, NULL, FIELD(seccomp),
	  "also start the services under the filter of the stack's module seccomp" },
	{ "now", 0, OPTION_FLAG, NULL, FIELD(now),
	  "also guard the running service now, without a restart (as apply does)" },
	{ "unitdir", 0, OPTION_PATH, "DIR", FIELD(unitdir), "write the drop-ins below DIR instead of " EJG_UNITDIR },
	{ "templatedir", 0, OPTION_PATH, "DIR", FIELD(templatedir),
	  "read the templates from DIR instead of " EJG_DATADIR "/systemd" },
};

static const struct option_spec disable_options[] = {
	{ "unitdir", 0, OPTION_PATH, "DIR", FIELD(unitdir), "remove the drop-ins below DIR instead of " EJG_UNITDIR },
};

#define OPTIONS(table) .options = table, .n_options = LENGTH(table)

const struct verb verbs[N_VERBS] = {
	[VERB_CHECK] = {
		.name = "check",
		.operand = "[SERVICE]",
		.summary = "Checks whether the service is guarded, and gives advice; changes nothing",
		.pages = true,
		.done = "guarded",
		.failed = "NOT GUARDED",
		.audits = true,
		.counts_ok = true,
		OPTIONS(check_options),
	},
	[VERB_APPLY] = {
		.name = "apply",
		.operand = "[SERVICE]",
		.summary = "Guards the running service with the modules of its stack, without a restart",
		.done = "guarded",
		.failed = "NOT GUARDED",
		.asker = "check",
		.counts_only = true,
		OPTIONS(apply_options),
	},
	[VERB_CONFIRM] = {
		.name = "confirm",
		.operand = "[SERVICE]",
		.summary = "Keeps the policy that apply --confirm put in force",
		.done = "confirmed",
		.failed = "NOT confirmed",
	},
	[VERB_REVERT] = {
		.name = "revert",
		.operand = "[SERVICE]",
		.summary = "Restores the former policy at once, without waiting for TIME",
		.done = "reverted",
		.failed = "NOT reverted",
		.reverts = true,
		.asker = "check",
		.counts_only = true,
	},
	[VERB_STATUS] = {
		.name = "status",
		.operand = "[SERVICE]",
		.summary = "Shows what was refused, by which policy, and what is guarded now",
		.pages = true,
		.done = "guarded",
		.failed = "NOT GUARDED",
		.asker = "check",
		.audits = true,
		.shows_guarded = true,
		OPTIONS(status_options),
	},
	[VERB_RELEASE] = {
		.name = "release",
		.operand = "[SERVICE]",
		.summary = "Undoes apply: the service is no longer guarded",
		.done = "released",
		.failed = "NOT released",
	},
	[VERB_EXEC] = {
		.name = "exec",
		.operand = "[SERVICE] -- COMMAND...",
		.usage = "[SERVICE] [OPTION]... -- COMMAND [ARGUMENT]...",
		.summary = "Starts a command as a user in a guarded cgroup",
		.done = "executed",
		.failed = "NOT started",
		.asker = "check",
		.runs_command = true,
		OPTIONS(exec_options),
	},
	[VERB_OCI] = {
		.name = "oci",
		.operand = "[SERVICE]",
		.summary = "Guards a container or refuses it: the hook of an OCI runtime",
		.done = "done",
		.failed = "NOT GUARDED",
		.asker = "check",
		.counts_only = true,
		.reads_service = true,
	},
	[VERB_EXPLAIN] = {
		.name = "explain",
		.operand = "bind|connect|accept ADDRESS PORT [SERVICE]",
		.usage = "bind|connect|accept ADDRESS PORT [SERVICE] [OPTION]...\n"
			 "bind|connect|accept ADDRESS:PORT [SERVICE] [OPTION]...\n"
			 "bind|connect|accept [ADDRESS]:PORT [SERVICE] [OPTION]...",
		.n_words = 3,
		.asks_target = true,
		.summary = "Shows whether a connection would be allowed, and by which rule",
		.pages = true,
		.done = "allowed",
		.failed = "NOT allowed",
		OPTIONS(explain_options),
	},
	[VERB_WATCH] = {
		.name = "watch",
		.operand = "[SERVICE]",
		.summary = "Prints refused attempts and other events as they happen",
		.done = "watched",
		.failed = "NOT watched",
		.streams = true,
		OPTIONS(watch_options),
	},
	[VERB_DISCOVER] = {
		.name = "discover",
		.operand = "[SERVICE]",
		.summary = "Shows the configuration, the running processes, and where they disagree",
		.pages = true,
		.done = "discovered",
		.failed = "NOT discovered",
		.tells_only = true,
		OPTIONS(discover_options),
	},
	[VERB_LEARN] = {
		.name = "learn",
		.operand = "[SERVICE]",
		.summary = "Proposes a stack that allows what was seen, and nothing else",
		.pages = true,
		.done = "learned",
		.failed = "NOT learned",
		.tells_only = true,
	},
	[VERB_DOCTOR] = {
		.name = "doctor",
		.operand = "[SERVICE]",
		.summary = "Shows what this system supports, and why not the rest",
		.pages = true,
		.done = "everything is supported",
		.failed = "NOT everything is supported",
		.shows_all = true,
		OPTIONS(doctor_options),
	},
	[VERB_MODULES] = {
		.name = "modules",
		.operand = "[MODULE]",
		.summary = "Lists the modules, or shows the options and findings of one",
		.pages = true,
		.of_no_service = true,
	},
	[VERB_ENABLE] = {
		.name = "enable",
		.operand = "[SERVICE]",
		.summary = "Guards the service at every start: writes systemd drop-ins for its units",
		.done = "enabled",
		.failed = "NOT enabled",
		.asker = "check",
		.counts_only = true,
		.makes_dropins = true,
		OPTIONS(enable_options),
	},
	[VERB_DISABLE] = {
		.name = "disable",
		.operand = "[SERVICE]",
		.summary = "Removes the drop-ins; what is guarded now stays guarded until release",
		.done = "disabled",
		.failed = "NOT disabled",
		OPTIONS(disable_options),
	},
	[VERB_HELP] = {
		.name = "help",
		.operand = "[VERB]",
		.summary = "Shows the options of a verb, or all verbs",
		.pages = true,
		.of_no_service = true,
	},
	[VERB_VERSION] = {
		.name = "version",
		.operand = "",
		.summary = "Shows the version",
		.of_no_service = true,
	},
};

const struct verb *verb_find(const char *name)
{
	for (size_t i = 0; i < N_VERBS; i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

const char *verb_suggest(const char *name)
{
	const char *names[N_VERBS + 1] = {};

	for (size_t i = 0; i < N_VERBS; i++)
		names[i] = verbs[i].name;
	return suggest(name, names);
}

enum verb_id verb_id(const struct verb *verb)
{
	return (enum verb_id)(verb - verbs);
}

void arguments_free(struct arguments *arguments)
{
	free(arguments->confdir);
	free(arguments->moduledir);
	free(arguments->target);
	free(arguments->file);
	free(arguments->root);
	free(arguments->unitdir);
	free(arguments->templatedir);
	free(arguments->cgroups);
	free(arguments->only);
	free(arguments->watched);
}
