/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the parts of the tool share: the arguments of a run, the table of verbs. One verb a file: verb-<verb>.c. */
#ifndef EJG_TOOL_H
#define EJG_TOOL_H

#include <stdbool.h>
#include <stddef.h>

#include "libejguard/util/cleanup.h"
#include "tools/output.h"

enum { MAX_WORDS = 3 };

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

	char *file;
	bool own;
	const char **cgroups; /* ended by NULL */
	const char **only;    /* ended by NULL */
	bool no_proof;
	bool prove;
	bool openmetrics;
	const char *user;
	const char **watched; /* modules, ended by NULL */
	char *unitdir;
	char *templatedir;
};

enum option_kind {
	OPTION_FLAG, /* bool */
	OPTION_PATH, /* char *, made absolute */
	OPTION_WORD, /* const char * */
	OPTION_LIST, /* const char **, ended by NULL: each occurrence adds one */
};

/* An option of the command line. Parser, help and completions know it from here. */
struct option_spec {
	const char *name;
	char letter; /* 0: none */
	enum option_kind kind;
	const char *metavar; /* NULL for flags */
	size_t offset;	     /* in struct arguments */
	const char *help;
};

struct verb {
	const char *name;
	const char *operand; /* for the help */
	size_t n_words;	     /* words of the operand that must be given: arguments->words */
	const char *summary;
	const char *done; /* the verdict of a run that succeeded: "held" */
	const char *failed;
	bool tells_all; /* findings that are as they should be, too, without -v */
	const struct option_spec *options;
	size_t n_options;
	/* Returns 0 or an errno of <ejguard/ejguard.h>; its message is in the guard's report or set by output_fail().
	 */
	int (*run)(const struct arguments *arguments, struct output *output);
};

extern const struct verb verb_apply;
extern const struct verb verb_check;
extern const struct verb verb_disable;
extern const struct verb verb_discover;
extern const struct verb verb_doctor;
extern const struct verb verb_enable;
extern const struct verb verb_explain;
extern const struct verb verb_modules;
extern const struct verb verb_release;
extern const struct verb verb_status;
extern const struct verb verb_watch;

/*
 * Reads the options of argv[1] and on. With operands, everything else up to one word is the operand; without,
 * reading stops at the first word that is no option, and *ret_next is its index.
 *
 * Return: 0; -EINVAL or -ENOMEM, with the message set.
 */
int options_parse(const struct option_spec *options, size_t n_options, bool operands, int argc, char **argv,
		  struct arguments *arguments, struct output *output, int *ret_next);
void options_print_help(const struct option_spec *options, size_t n_options, FILE *out);

/* The service that the operand names. */
const char *service_name(const struct arguments *arguments);

/*
 * Opens output->guard with the folders and the log that the arguments ask for; from then on SIGINT, SIGTERM and
 * SIGHUP cancel the verb, which then undoes what it did. guard_close() ends that.
 */
int guard_open(const struct arguments *arguments, struct output *output);
void guard_close(struct output *output);
/* Takes what modules have said about their progress off the screen. */
void guard_end_progress(struct output *output);

/*
 * Makes the units that enable or disable has dealt with part of the report and, when ask_systemd and there is one,
 * has it reload its units and asks it about them. Return: 0, -EIO with the message set.
 */
int units_settle(struct output *output, bool ask_systemd);

#endif
