/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The command line as data: verbs, their options, and what a run was given. Parser, help, completions and printers know
 * it from here; what a verb does is in tools/verbs.
 */
#ifndef EJG_TOOL_VERB_H
#define EJG_TOOL_VERB_H

#include <stdbool.h>
#include <stddef.h>

enum { MAX_WORDS = 3 };

#define DEFAULT_SERVICE "ejabberd" /* where the command line names none */

/* What the command line said. Paths are absolute. NULL, 0 or false: not given. */
struct arguments {
	char *confdir;
	char *moduledir;
	bool json;
	bool quiet;
	bool verbose;
	bool help;
	bool version;
	const char *words[MAX_WORDS]; /* that the verb needs, before the operand */
	size_t n_words;
	size_t n_wanted;     /* of words, by the verb */
	const char *operand; /* SERVICE, of modules NAME */

	char *target; /* of explain: what words[1] and words[2] are parts of */
	char *file;
	char *root;
	bool own;
	const char **cgroups; /* ended by NULL */
	const char **only;    /* ended by NULL */
	bool no_proof;
	bool nagios; /* of check */
	const char *grace; /* of apply: seconds */
	const char *confirm; /* of apply: a time */
	bool now; /* of enable */
	bool dry_run;
	bool detailed; /* of check --file: the exit status tells whether anything would change */
	bool seccomp; /* of enable */
	bool only_confine; /* of exec */
	bool prove;
	bool openmetrics;
	bool prometheus;
	const char *user;   /* of exec and explain */
	const char *cgroup; /* of exec */
	bool wait_empty;
	char **command; /* of exec: what follows --, ended by NULL; or NULL */
	const char **watched; /* modules, ended by NULL */
	char *unitdir;
	char *templatedir;
};

void arguments_free(struct arguments *arguments);

enum option_kind {
	OPTION_FLAG, /* bool */
	OPTION_PATH, /* char *, made absolute */
	OPTION_WORD, /* const char * */
	OPTION_LIST, /* const char **, ended by NULL: each occurrence adds one */
};

struct option_spec {
	const char *name;
	char letter; /* 0: none */
	enum option_kind kind;
	const char *metavar; /* what the value is, for the help and the completions; NULL for flags */
	size_t offset;	     /* in struct arguments */
	const char *help;
};

/* The verbs, in the order of the help, and what runs each (tools/verbs). */
#define VERBS_THAT_RUN(verb)                                                                                           \
	verb(CHECK, check) verb(APPLY, apply) verb(CONFIRM, confirm) verb(REVERT, revert) verb(STATUS, status)         \
	verb(RELEASE, release) verb(EXEC, exec) verb(OCI, oci) verb(EXPLAIN, explain) verb(WATCH, watch)               \
	verb(DISCOVER, discover) verb(DOCTOR, doctor) verb(MODULES, modules) verb(ENABLE, enable) verb(DISABLE, disable)

#define VERB_ID(id, name) VERB_##id,
enum verb_id { VERBS_THAT_RUN(VERB_ID) VERB_HELP, VERB_VERSION, N_VERBS };
#undef VERB_ID

struct verb {
	const char *name;
	/* For the help and the completions: words, "a|b" where one of several is to be chosen, "[WORD]" where none need be. */
	const char *operand;
	const char *usage; /* for the help, where the operand does not say all: lines, each without the name of the verb */
	size_t n_words;	     /* words of the operand that must be given: arguments->words */
	const char *summary;
	const char *done; /* the verdict of a run that succeeded: "held" */
	const char *failed;
	const char *asker;   /* the verb that shows all findings of this one and changes nothing; NULL: itself */
	bool of_no_service;  /* the operand is something else */
	bool reads_service;  /* it finds out by itself which service it is about, and opens the handle */
	bool audits;	     /* asks whether the guard holds, and changes nothing */
	bool tells_only;     /* its findings do not decide how it ends */
	bool shows_all;	     /* findings that are as they should be, too, without -v */
	bool counts_ok;	     /* in the verdict */
	bool counts_only;    /* failures are printed, the rest only counted, without -v */
	bool shows_guarded;  /* a table of what is guarded */
	bool makes_dropins;  /* otherwise, where units are reported, it has removed them */
	bool reverts;	     /* brings back what was in force before */
	bool runs_command;   /* takes a command after -- */
	bool asks_target;    /* its second and third word are an address and a port, which may be written as one */
	bool streams;	     /* prints event by event: no report unless it fails */
	const struct option_spec *options;
	size_t n_options;
};

extern const struct verb verbs[N_VERBS];
extern const struct option_spec global_options[];
extern const size_t n_global_options;

/* The verb of that name, or NULL. */
const struct verb *verb_find(const char *name);
/* The name of a verb that was probably meant, or NULL. */
const char *verb_suggest(const char *name);
enum verb_id verb_id(const struct verb *verb);

#endif
