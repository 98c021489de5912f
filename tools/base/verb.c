/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/base/verb.h"

#include <stdlib.h>
#include <string.h>

#include "libejguard/util/suggest.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define FIELD(name) offsetof(struct arguments, name)

const struct option_spec global_options[] = {
	{ "confdir", 0, OPTION_PATH, "DIR", FIELD(confdir), "stack files are in DIR, not in " EJG_CONFDIR },
	{ "moduledir", 0, OPTION_PATH, "DIR", FIELD(moduledir), "guard modules are in DIR, not in " EJG_MODULEDIR },
	{ "json", 0, OPTION_FLAG, NULL, FIELD(json), "print one JSON object" },
	{ "quiet", 'q', OPTION_FLAG, NULL, FIELD(quiet), "print failures only" },
	{ "verbose", 'v', OPTION_FLAG, NULL, FIELD(verbose),
	  "print what is as it should be too, and a log to stderr" },
	{ "help", 'h', OPTION_FLAG, NULL, FIELD(help), "print this help" },
	{ "version", 0, OPTION_FLAG, NULL, FIELD(version), "print the version" },
};
const size_t n_global_options = LENGTH(global_options);

static const struct option_spec check_options[] = {
	{ "file", 0, OPTION_PATH, "STACK", FIELD(file), "try this stack file, whether or not it is installed" },
};

static const struct option_spec apply_options[] = {
	{ "own", 0, OPTION_FLAG, NULL, FIELD(own), "the caller's own cgroup must be one of the service's; for units" },
	{ "cgroup", 0, OPTION_LIST, "PATH", FIELD(cgroups),
	  "guard this cgroup instead of those of the stack; may be repeated" },
	{ "only", 0, OPTION_LIST, "MODULE", FIELD(only), "run this module of the stack only; may be repeated" },
	{ "no-proof", 0, OPTION_FLAG, NULL, FIELD(no_proof),
	  "make no forbidden attempts to see that they are refused" },
};

static const struct option_spec status_options[] = {
	{ "prove", 0, OPTION_FLAG, NULL, FIELD(prove), "make forbidden attempts, too, to see that they are refused" },
	{ "openmetrics", 0, OPTION_FLAG, NULL, FIELD(openmetrics),
	  "print the figures only, in the format of OpenMetrics" },
};

static const struct option_spec exec_options[] = {
	{ "service", 0, OPTION_WORD, "SERVICE", FIELD(operand), "the service that the command is" },
	{ "cgroup", 0, OPTION_WORD, "PATH", FIELD(cgroup),
	  "the cgroup to run it in, made if it does not exist; else SERVICE below the mount of cgroup2" },
	{ "user", 0, OPTION_WORD, "USER", FIELD(user), "run it as this user, by name or number" },
	{ "wait-empty", 0, OPTION_FLAG, NULL, FIELD(wait_empty),
	  "stay until the command has ended, and end what it leaves in the cgroup" },
};

static const struct option_spec watch_options[] = {
	{ "module", 0, OPTION_LIST, "MODULE", FIELD(watched),
	  "the events of this module of the stack only; may be repeated" },
};

static const struct option_spec doctor_options[] = {
	{ "unitdir", 0, OPTION_PATH, "DIR", FIELD(unitdir), "look for the drop-ins below DIR, not " EJG_UNITDIR },
};

static const struct option_spec enable_options[] = {
	{ "unitdir", 0, OPTION_PATH, "DIR", FIELD(unitdir), "write the drop-ins below DIR, not " EJG_UNITDIR },
	{ "templatedir", 0, OPTION_PATH, "DIR", FIELD(templatedir),
	  "their templates are in DIR, not in " EJG_DATADIR "/systemd" },
};

static const struct option_spec disable_options[] = {
	{ "unitdir", 0, OPTION_PATH, "DIR", FIELD(unitdir), "remove the drop-ins below DIR, not " EJG_UNITDIR },
};

#define OPTIONS(table) .options = table, .n_options = LENGTH(table)

const struct verb verbs[N_VERBS] = {
	[VERB_CHECK] = {
		.name = "check",
		.operand = "[SERVICE]",
		.summary = "Runs the check of every module of the stack; changes nothing",
		.done = "held",
		.failed = "NOT held",
		.audits = true,
		.counts_ok = true,
		OPTIONS(check_options),
	},
	[VERB_APPLY] = {
		.name = "apply",
		.operand = "[SERVICE]",
		.summary = "Applies the stack to the cgroups that the service has now",
		.done = "guarded",
		.failed = "NOT held",
		.asker = "check",
		OPTIONS(apply_options),
	},
	[VERB_STATUS] = {
		.name = "status",
		.operand = "[SERVICE]",
		.summary = "Shows what is guarded now, and whether it is intact",
		.done = "held",
		.failed = "NOT held",
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
		.summary = "Guards a cgroup, enters it, becomes the user, and executes the command",
		.done = "executed",
		.failed = "NOT started",
		.runs_command = true,
		OPTIONS(exec_options),
	},
	[VERB_EXPLAIN] = {
		.name = "explain",
		.operand = "bind|connect|accept ADDRESS PORT [SERVICE]",
		.n_words = 3,
		.summary = "Tells what would be decided about an attempt, and by which rule",
		.done = "allowed",
		.failed = "NOT allowed",
	},
	[VERB_WATCH] = {
		.name = "watch",
		.operand = "[SERVICE]",
		.summary = "Prints what is refused and other events as they come, one line each",
		.done = "watched",
		.failed = "NOT watched",
		.streams = true,
		OPTIONS(watch_options),
	},
	[VERB_DISCOVER] = {
		.name = "discover",
		.operand = "[SERVICE]",
		.summary = "Tells what is configured, what really runs, and what contradicts what",
		.done = "discovered",
		.failed = "NOT discovered",
		.tells_only = true,
	},
	[VERB_DOCTOR] = {
		.name = "doctor",
		.operand = "[SERVICE]",
		.summary = "Tells what can be enforced here, and what stands in the way",
		.done = "nothing stands in the way",
		.failed = "NOT everything can be enforced",
		.shows_all = true,
		OPTIONS(doctor_options),
	},
	[VERB_MODULES] = {
		.name = "modules",
		.operand = "[MODULE]",
		.summary = "Lists the guard modules, or shows the options and findings of one",
		.of_no_service = true,
	},
	[VERB_ENABLE] = {
		.name = "enable",
		.operand = "[SERVICE]",
		.summary = "Writes systemd drop-ins that call apply in every unit of the service",
		.done = "enabled",
		.failed = "NOT enabled",
		.makes_dropins = true,
		OPTIONS(enable_options),
	},
	[VERB_DISABLE] = {
		.name = "disable",
		.operand = "[SERVICE]",
		.summary = "Removes the drop-ins that enable wrote; the guard stays until release",
		.done = "disabled",
		.failed = "NOT disabled",
		OPTIONS(disable_options),
	},
	[VERB_HELP] = {
		.name = "help",
		.operand = "[VERB]",
		.summary = "Shows the options of a verb, or all verbs",
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
	free(arguments->file);
	free(arguments->unitdir);
	free(arguments->templatedir);
	free(arguments->cgroups);
	free(arguments->only);
	free(arguments->watched);
}
