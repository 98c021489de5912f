/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Errors in a stack file: all are reported in one run, up to a limit; the rest are counted. */
#ifndef EJG_CORE_ERRORS_H
#define EJG_CORE_ERRORS_H

#include "libejguard/core/report.h"

struct errors {
	struct arena *arena; /* for the messages */
	struct report *report;
	size_t n;
	int first; /* the first error, or 0 */
};

/* Reports an error, or only counts it. See report_error(). Return: error. */
int errors_add(struct errors *errors, int error, const char *id, const struct position *position, const char *format,
	       ...) __attribute__((format(printf, 5, 6)));

/* Reports the number of errors that were only counted. Return: the first error, or 0 when there was none. */
int errors_end(const struct errors *errors, const char *file);

/* A word for messages, cut to the length of a line. From the arena; "" without memory. */
const char *errors_word(struct arena *arena, const char *text);

/* FILE:LINE:COLUMN, for messages that also name another place. From the arena; "" without memory. */
const char *errors_place(struct arena *arena, const struct position *position);

#endif
