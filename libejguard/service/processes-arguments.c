/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/service/processes-arguments.h"

#include <string.h>

#include "libejguard/service/base/kind.h"

/* An argument and the next one. */
struct at {
	const char *text;
	const char *next; /* NULL behind the last */
};

static struct at at(const char *text, const char *end)
{
	const char *next = text + strlen(text) + 1;

	return (struct at){ text, next < end ? next : NULL };
}

static bool is(const char *text, const char *one, const char *other)
{
	return strcmp(text, one) == 0 || strcmp(text, other) == 0;
}

/* The value of a flag: a word with - or + at its beginning is the next flag. */
static const char *value(struct at at)
{
	return at.next && *at.next != '-' && *at.next != '+' ? at.next : "";
}

/*
 * Names: the first of several equal flags counts, and -sname before -name (lib/kernel/src/erl_distribution.erl). iex
 * uses two dashes, also behind -extra, where erl's own flags have no meaning.
 */
struct name {
	const char *text;
	bool found;
};

static void note_name(struct name *name, struct at at)
{
	if (name->found || !*value(at))
		return;
	*name = (struct name){ value(at), true };
}

struct emulator_arguments emulator_arguments_read(const char *text, size_t size)
{
	struct emulator_arguments result = { 0 };
	struct name long_name = { 0 }, short_name = { 0 };
	const char *end = text + size, *next = text;
	bool extra = false;

	for (struct at a; next && next < end; next = a.next) {
		a = at(next, end);
		if (is(a.text, extra ? "--name" : "-name", "--name"))
			note_name(&long_name, a);
		else if (is(a.text, extra ? "--sname" : "-sname", "--sname"))
			note_name(&short_name, a);
		else if (is(a.text, extra ? "--remsh" : "-remsh", "--remsh"))
			result.control = true;
		else if (extra)
			continue;
		else if (strcmp(a.text, "-extra") == 0)
			extra = true;
		else if (strcmp(a.text, "-hidden") == 0)
			result.control = true;
		else if (strcmp(a.text, "-dist_listen") == 0)
			result.control |= strcmp(value(a), "false") == 0;
		else if (is(a.text, "-s", "-run")) {
			result.control |= strcmp(value(a), "ejabberd_ctl") == 0;
			result.service |= kind_is_boot(value(a));
		}
	}
	result.node = short_name.found ? short_name.text : long_name.text;
	result.long_name = !short_name.found && long_name.found;
	return result;
}

bool emulator_arguments_present(const char *text, size_t size)
{
	bool root = false, progname = false;
	const char *end = text + size;

	for (const char *at = text; at < end && !(root && progname); at += strlen(at) + 1) {
		root |= strcmp(at, "-root") == 0;
		progname |= strcmp(at, "-progname") == 0;
	}
	return root && progname;
}
