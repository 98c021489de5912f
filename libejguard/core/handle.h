/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The members of struct ejg, for the files that implement it. */
#ifndef EJG_CORE_HANDLE_H
#define EJG_CORE_HANDLE_H

#include <stdatomic.h>

#include "libejguard/core/modules.h"
#include "libejguard/core/stack-file.h"
#include "libejguard/service/settings.h"

/* One line of the stack that names a module. */
struct instance {
	const struct ejg_module *module;
	const struct guard_line *line;
	enum ejg_mode mode;
	void *config;
	void *state;
	bool selected; /* false: left out of this run by ejg_apply_options.only */
	bool used;     /* an operation was called, so finish has to be called */
	bool skipped;  /* takes no part in the rest of this run */
	bool applied;  /* by this run, and not rolled back */
	bool kept;     /* its changes stay although the run failed */
};

/* A separate instance for ejg_watch(): it outlives the verbs, which finish their instances at their end. */
struct watch {
	struct watch *next;
	struct instance instance;
	int fd; /* the module's */
};

/* A stack that was replaced, kept for the watches that were opened on it. */
struct former_stack {
	struct former_stack *next;
	struct arena *arena;
};

struct watch *watch_free(struct ejg *handle, struct watch *watch);

struct ejg {
	struct arena *arena; /* everything that lives as long as the handle */
	const char *service;
	const char *confdir;
	const char *vendordir;
	const char *moduledir;
	const char *rundir;   /* of the service: RUNDIR/SERVICE */
	const char *statedir; /* of the service: STATEDIR/SERVICE */
	const char *root;     /* of an image; "": this system */

	ejg_log_fn log;
	void *log_data;
	enum ejg_log_level log_level;
	atomic_bool cancelled;

	struct report *report;
	const char *error; /* of the last verb; in the report's memory or constant */
	struct modules *modules;

	struct arena *stack_arena; /* what ejg_load() made; NULL before */
	const char *stack_file;	   /* that ejg_load() was given, or NULL */
	struct former_stack *formers;
	const struct stack *stack;
	struct ejg_facts *facts;
	struct settings *settings;    /* the source of the facts and of the survey */
	struct ejg_facts whole_facts; /* the facts before ejg_apply() limited them */
	struct arena *survey_arena;   /* of the current verb; NULL before the first use */
	struct ejg_survey *survey;
	struct shared *shared; /* data that modules share during the current verb */
	struct instance *instances;
	size_t n_instances;
	struct watch *watches;
	bool no_proof;	  /* of the current verb */
	bool recorded;	  /* of the current verb: a watch begins with the events recorded before it */
	bool trial;	  /* of the current verb: the stack is checked as it would be after an apply */
	bool forgets;	  /* of the current verb: the list of given cgroups will be removed and need not be readable */
	bool connections; /* of the current verb: its survey lists connections */
	bool kept;	  /* of the current verb: its changes stay although it failed */
	bool failed;	  /* of the current apply: a module that counts has failed, so the run will be undone */
};

/*
 * Reads the stack, loads its modules, binds their options, establishes the facts; all errors are reported. After a
 * failure the handle is as before. Return: as ejg_load().
 */
int handle_load(struct ejg *handle, const char *file);

/* Loads the same file again and replaces the stack. */
int handle_reload(struct ejg *handle);

/*
 * The same for a diagnosis: errors are reported, and the handle keeps the instances and facts that could be made until
 * handle_unload_parts(). Without errors the stack is loaded, and stays. Return: 0, -ENOMEM.
 */
int handle_load_parts(struct ejg *handle);
void handle_unload_parts(struct ejg *handle);

/* The survey of this verb, made at the first call; NULL without memory, which is reported. */
const struct ejg_survey *handle_survey(struct ejg *handle);
/* Drops the survey and the data that modules shared. */
void handle_forget_survey(struct ejg *handle);

void handle_log(struct ejg *handle, enum ejg_log_level level, const char *module, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
void handle_vlog(struct ejg *handle, enum ejg_log_level level, const char *module, const char *format, va_list ap)
	__attribute__((format(printf, 4, 0)));

#endif
