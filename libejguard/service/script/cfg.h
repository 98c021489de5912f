/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ejabberdctl.cfg, read without being run. ejabberdctl sources the file, so that it is shell, and only a part of shell
 * has a meaning that can be told without running it:
 *
 *     NAME=word, export NAME=word, export NAME, comments, blank lines
 *
 * where word is bare, '...', "..." or a sequence of these. An assignment whose value the shell would have to compute
 * ($NAME, $(command), ~, a backslash) makes that name dynamic, until a later assignment gives it a plain value. Any
 * other statement (a command, `if`, a function, `.`, `;`, `&&`, an array, an unclosed quote, a continued line) could
 * set any name: the whole file is then opaque.
 */
#ifndef EJG_SERVICE_SCRIPT_CFG_H
#define EJG_SERVICE_SCRIPT_CFG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libejguard/util/arena.h"

enum ctl_limits {
	CTL_MAX_NAMES = 512,  /* one more makes the file opaque */
	CTL_MAX_EARLIER = 64, /* assignments to one name that are kept besides the last one */
};

/* The last assignment to a name. */
struct ctl_value {
	const char *name;
	const char *text; /* the value, or NULL when it is dynamic or the name is only exported */
	const char *why;  /* constant text: why the value is dynamic; else NULL */
	uint32_t line;	  /* of the assignment, or of the export when there is none */
	bool assigned;
	bool exported;
	const struct ctl_value *earlier; /* an assignment that this one replaces, or NULL */
	unsigned int n_earlier;
};

struct ctl_cfg {
	const struct ctl_value *values;
	size_t n_values;
	uint32_t opaque_line;	/* of the first statement that could set anything; 0 when there is none */
	const char *opaque_why; /* constant text */
};

/* Parses size bytes of text. Return: 0 or -ENOMEM. */
int ctl_cfg_parse(struct arena *arena, const char *text, size_t size, struct ctl_cfg *ret);

/* What the file does with a name, or NULL when it does nothing with it. */
const struct ctl_value *ctl_cfg_get(const struct ctl_cfg *cfg, const char *name);

#endif
