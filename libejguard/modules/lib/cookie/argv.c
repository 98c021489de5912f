/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/lib/cookie/argv.h"

#include <string.h>

/* One flag and its values. */
struct flag {
	const char *name;
	const char *first; /* value, or NULL */
	const char *last;  /* value, or NULL */
	size_t n;
};

struct argv_reader {
	const char *at;
	const char *end;
};

static const char *peek(const struct argv_reader *reader)
{
	return reader->at < reader->end ? reader->at : NULL;
}

static const char *take(struct argv_reader *reader)
{
	const char *argument = peek(reader);

	if (argument)
		reader->at += strnlen(argument, (size_t)(reader->end - argument)) + 1;
	return argument;
}

static bool next_flag(struct argv_reader *reader, struct flag *ret)
{
	const char *argument = take(reader);

	/* Skips arguments of the emulator (beam.smp -K true -- ...) and plain ones. */
	while (argument && *argument != '-')
		argument = take(reader);
	if (!argument || strcmp(argument, "-extra") == 0)
		return false;
	*ret = (struct flag){ .name = argument + 1, .first = peek(reader) };
	while (peek(reader) && *peek(reader) != '-') {
		ret->last = take(reader);
		ret->n++;
	}
	if (ret->n == 0)
		ret->first = NULL;
	return true;
}

/* True if the node is that of -name or -sname; Erlang adds a missing host to it. */
static bool is_named(const char *node, const char *own)
{
	const size_t length = strlen(own);

	return strncmp(node, own, length) == 0 && (!node[length] || (node[length] == '@' && !strchr(own, '@')));
}

struct argv argv_read(const char *bytes, size_t n, const struct cookie *ours, struct cookie *value)
{
	struct argv_reader reader = { bytes, bytes + n };
	struct argv argv = { 0 };
	struct flag flag;
	const char *only = NULL, *own = NULL, *node = NULL, *of_node = NULL;
	unsigned int n_own = 0;

	/* A command line that was cut off inside an argument has no NUL at its end. */
	while (reader.end > reader.at && reader.end[-1] != '\0')
		reader.end--;
	while (next_flag(&reader, &flag)) {
		if (strcmp(flag.name, "setcookie") == 0) {
			argv.n_set += flag.n > 0;
			argv.same |= ours && flag.last && strcmp(flag.last, ours->text) == 0;
			n_own += flag.n < 2;
			only = flag.n == 1 ? flag.first : only;
			node = flag.n == 2 ? flag.first : node;
			of_node = flag.n == 2 ? flag.last : of_node;
		} else if (strcmp(flag.name, "name") == 0 || strcmp(flag.name, "sname") == 0) {
			own = flag.first;
		} else if (strcmp(flag.name, "nocookie") == 0) {
			argv.nocookie = true;
		}
	}
	/* -setcookie NODE COOKIE: it counts for this node if NODE is its name */
	if (own && node && is_named(node, own)) {
		only = of_node;
		n_own = 1;
	}
	argv.in_effect = n_own == 1 && only;
	argv.nocookie &= !argv.in_effect;
	if (argv.in_effect)
		argv.form = cookie_argument(only, strlen(only), value);
	return argv;
}
