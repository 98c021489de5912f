/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A stack that is proposed: its lines, each with the reasons for it. */
#ifndef EJG_TOOL_LEARNED_H
#define EJG_TOOL_LEARNED_H

#include <stdbool.h>
#include <stddef.h>

/* A line of the stack. Without a text it is a remark: reasons alone. */
struct learned_line {
	char *text; /* or NULL */
	char **reasons;
	size_t n_reasons;
};

struct learned {
	struct learned_line *lines;
	size_t n;
	bool open; /* the last one has reasons and no text yet */
};

/* Both return 0 or -ENOMEM. A reason belongs to the line that is added next. */
int learned_line(struct learned *learned, const char *format, ...) __attribute__((format(printf, 2, 3)));
int learned_reason(struct learned *learned, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Ends a remark: what reasons there are stand for themselves. */
void learned_remark(struct learned *learned);
void learned_free(struct learned *learned);

#endif
