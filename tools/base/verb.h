/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The command line as data: verbs, their options, and the arguments of a run. Parser, help, completions and printers
 * use it; the code of the verbs is in tools/verbs.
 */
#ifndef EJG_TOOL_VERB_H
#define EJG_TOOL_VERB_H

#include <stdbool.h>
#include <stddef.h>

enum { MAX_WORDS = 3 };

#define DEFAULT_SERVICE "ejabberd" /* without a service on the command line */

/* The parsed command line. Paths are absolute. NULL, 0 or false: not given. */
struct arguments {
	char *confdir;
	char *moduledir;
	bool json;
	bool quiet;
	bool no_pager;
	bool verbose;
	bool help;
	bool version;
	const char *words[MAX_WORDS]; /* required words, before the operand */
	size_t n_words;
	size_t n_wanted;     /* number of words for this verb */
	const char *operand; /* SERVICE; for modules NAME */

	char *target; /* of explain: contains words[1] and words[2] */
	char *file;
	char *root;
	bool own;
	const char **cgroups; /* ended by NULL */
	const char **only;    /* ended by NULL */
	bool no_proof;
	bool nagios;	     /* of check */
	bool html;	     /* of check */
	bool graph;	     /* of discover */
	const char *grace;   /* of apply: seconds */
	const char *confirm; /* of apply: a time */
	bool now;	     /* of enable */
	bool dry_run;
	bool detailed;	   /* of check --file: the exit status shows whether anything would change */
	bool seccomp;	   /* of enable */
	bool only_confine; /* of exec */
	bool prove;
	bool openmetrics;
	bool prometheus;
	const char *user;   /* of exec and explain */
	const char *cgroup; /* of exec */
	bool wait_empty;
	char **command;	      /* of exec: the words behind --, ended by NULL; or NULL */
	const char **watched; /* modules, ended by NULL */
	char *unitdir;
	char *templatedir;
};

void arguments_free(struct arguments *arguments);

enum option_kind {
	OPTION_FLAG, /* bool */
	OPTION_PATH, /* char *, made absolute */
	OPTION_WORD, /* const char * */
	OPTION_LIST, /* const char **, ended by NULL: may be given several times */
};

struct option_spec {
	const char *name;
	char letter; /* 0: none */
	enum option_kind kind;
	const char *metavar; /* placeholder of the value, for help and completions; NULL for flags */
	size_t offset;	     /* in struct arguments */
	const char *help;
};

/* The verbs, in the order of the help, and their functions (tools/verbs). */
#define VERBS_THAT_RUN(verb)                                                                                           \
	verb(CHECK, check) verb(APPLY, apply) verb(CONFIRM, confirm) verb(REVERT, revert) verb(STATUS, status)         \
		verb(RELEASE, release) verb(EXEC, exec) verb(OCI, oci) verb(EXPLAIN, explain) verb(WATCH, watch)       \
			verb(DISCOVER, discover) verb(LEARN, learn) verb(DOCTOR, doctor) verb(MODULES, modules)        \
				verb(ENABLE, enable) verb(DISABLE, disable)

#define VERB_ID(id, name) VERB_##id,
enum verb_id { VERBS_THAT_RUN(VERB_ID) VERB_HELP, VERB_VERSION, N_VERBS };
#undef VERB_ID

struct verb {
	const char *name;
	/* For help and completions: words; "a|b" for a choice, "[WORD]" for an optional word. */
	const char *operand;
	const char *usage; /* for the help, if the operand is not enough: lines, each without the verb's name */
	size_t n_words;	   /* number of required words: arguments->words */
	const char *summary;
	const char *done; /* the verdict of a successful run: "held" */
	const char *failed;
	const char *asker;  /* the verb that shows all findings of this one without changes; NULL: itself */
	bool of_no_service; /* the operand is not a service */
	bool reads_service; /* it determines the service itself, and opens the handle */
	bool audits;	    /* checks the guard, and changes nothing */
	bool tells_only;    /* its findings do not affect the exit status */
	bool shows_all;	    /* also shows findings of severity ok without -v */
	bool counts_ok;	    /* counts them in the verdict */
	bool counts_only;   /* prints failures; only counts other findings without -v */
	bool shows_guarded; /* prints a table of guarded cgroups */
	bool makes_dropins; /* reported units got drop-ins; false: lost them */
	bool reverts;	    /* restores an earlier state */
	bool runs_command;  /* has a command behind -- */
	bool asks_target;   /* its second and third word are an address and a port, which may be one word */
	bool pages;	    /* prints a page that may be long, and changes nothing: a pager may show it */
	bool streams;	    /* prints each event: prints no report unless it fails */
	const struct option_spec *options;
	size_t n_options;
};

extern const struct verb verbs[N_VERBS];
extern const struct option_spec global_options[];
extern const size_t n_global_options;

/* The verb of that name, or NULL. */
const struct verb *verb_find(const char *name);
/* The name of a similar verb, or NULL. */
const char *verb_suggest(const char *name);
enum verb_id verb_id(const struct verb *verb);

#endif
