/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/base/learned.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* The line that is being made: its reasons come before its text. */
static struct learned_line *open_line(struct learned *learned)
{
	struct learned_line *grown;

	if (learned->open)
		return &learned->lines[learned->n - 1];
	grown = reallocarray(learned->lines, learned->n + 1, sizeof(*grown));
	if (!grown)
		return NULL;
	learned->lines = grown;
	learned->open = true;
	grown[learned->n] = (struct learned_line){};
	return &grown[learned->n++];
}

int learned_line(struct learned *learned, const char *format, ...)
{
	struct learned_line *line = open_line(learned);
	va_list ap;
	int n;

	if (!line)
		return -ENOMEM;
	va_start(ap, format);
	n = vasprintf(&line->text, format, ap);
	va_end(ap);
	if (n < 0) {
		line->text = NULL;
		return -ENOMEM;
	}
	learned->open = false;
	return 0;
}

int learned_reason(struct learned *learned, const char *format, ...)
{
	struct learned_line *line = open_line(learned);
	char **grown, *text;
	va_list ap;
	int n;

	grown = line ? reallocarray(line->reasons, line->n_reasons + 1, sizeof(*grown)) : NULL;
	if (!grown)
		return -ENOMEM;
	line->reasons = grown;
	va_start(ap, format);
	n = vasprintf(&text, format, ap);
	va_end(ap);
	if (n < 0)
		return -ENOMEM;
	grown[line->n_reasons++] = text;
	return 0;
}

void learned_remark(struct learned *learned)
{
	learned->open = false;
}

void learned_free(struct learned *learned)
{
	for (size_t i = 0; i < learned->n; i++) {
		for (size_t j = 0; j < learned->lines[i].n_reasons; j++)
			free(learned->lines[i].reasons[j]);
		free(learned->lines[i].reasons);
		free(learned->lines[i].text);
	}
	free(learned->lines);
	*learned = (struct learned){};
}
