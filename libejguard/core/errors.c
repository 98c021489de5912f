/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/core/errors.h"

#include <string.h>

#include "libejguard/core/stack-file.h"

int errors_add(struct errors *errors, int error, const char *id, const struct position *position, const char *format,
	       ...)
{
	va_list ap;

	if (errors->n++ == 0)
		errors->first = error;
	if (errors->n > STACK_MAX_ERRORS)
		return error;
	va_start(ap, format);
	report_verror(errors->report, error, id, position, NULL, format, ap);
	va_end(ap);
	return error;
}

int errors_end(const struct errors *errors, const char *file)
{
	struct position position = { .file = file };

	if (errors->n > STACK_MAX_ERRORS)
		report_error(errors->report, errors->first, "stack-limit", &position, "correct those above first",
			     "%zu more errors are not shown", errors->n - STACK_MAX_ERRORS);
	return errors->first;
}

const char *errors_word(struct arena *arena, const char *text)
{
	const size_t most = 80;
	size_t n = strnlen(text, most + 1);
	const char *shown;

	if (n <= most)
		return text;
	/* Do not cut a UTF-8 character. */
	for (n = most; n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80;)
		n--;
	shown = arena_printf(arena, "%.*s...", (int)n, text);
	return shown ? shown : "";
}

const char *errors_place(struct arena *arena, const struct position *position)
{
	const char *text = arena_printf(arena, "%s:%u:%u", position->file, position->line, position->column);

	return text ? text : "";
}
