/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The stack file: parses settings and guard lines, with includes inserted. ejguard.conf(5) is its grammar. */
#ifndef EJG_CORE_STACK_FILE_H
#define EJG_CORE_STACK_FILE_H

#include "libejguard/core/report.h"
#include "libejguard/core/verdict.h"

/* Limits: exceeding one is an error that names it. Documented in ejguard.conf(5). */
enum stack_limits {
	STACK_MAX_FILE = 1024 * 1024, /* bytes of one file */
	STACK_MAX_LINE = 64 * 1024,   /* bytes of one logical line, continuations joined */
	STACK_MAX_WORDS = 4096,	      /* words of one logical line */
	STACK_MAX_MODULES = 64,	      /* modules of a stack, includes inserted */
	STACK_MAX_DEPTH = 16,	      /* include in include */
	STACK_MAX_ERRORS = 100,	      /* errors reported of one stack; the rest are counted */
};

struct word {
	const char *text;
	struct position position;
};

/* set NAME VALUE... */
struct setting {
	struct word name;
	const struct word *values;
	size_t n_values;
};

/* A guard line: control module option... */
struct guard_line {
	enum control control;
	struct word module;
	const struct word *options;
	size_t n_options;
};

struct stack {
	const char *file; /* the service's own stack file */
	const struct setting *settings;
	size_t n_settings;
	const struct guard_line *lines;
	size_t n_lines;
	bool lacks_settings; /* a wrong line is, or may be, a `set`: what the settings say together is not known */
};

/* The folders of stacks. vendordir may be NULL. If file is not NULL, it is read instead of the service's own stack. */
struct stack_source {
	const char *service;
	const char *confdir;
	const char *vendordir;
	const char *file;
	const char *shipped; /* the stack for a service that has none of its own, or NULL */
};

/*
 * Reads the stack of a service. All errors of all its files are added to the report. Checks the names of settings and
 * controls; option_bind() reads the options, facts_collect() the values of settings.
 *
 * Return: 0, -ENOENT when the stack file does not exist, -EBADMSG, -EPERM or -EIO when it cannot be read, -ENOMEM.
 * Memory comes from the arena. *ret untouched on failure. *ret_rest, if ret_rest is not NULL, is then the lines without
 * an error of their own, to look for the errors of other readers, and for nothing else; or NULL.
 */
int stack_read(struct arena *arena, struct report *report, const struct stack_source *source, const struct stack **ret,
	       const struct stack **ret_rest);

/* The names of `set`, ended by NULL: also for "did you mean" and the test of the man page. */
extern const char *const stack_setting_names[];

#endif
