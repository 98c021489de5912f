/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The flags of erl among its arguments, as erlexec.c of OTP splits them: a file of arguments has comments, quotes and
 * backslashes (build_args_from_string()); the value of a variable was split at blanks by the shell.
 */
#include "libejguard/service/script/erl-flags.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libejguard/util/cleanup.h"

enum { MAX_FLAGS = 1024 };

struct flag_reader {
	struct arena *arena;
	const char *at;
	const char *end;
	bool file;
	struct ejg_origin origin; /* its line is that of the word */
	char *word;		  /* room for all of the text */
	struct erl_flag *flags;
	size_t n;
	bool complete;
};

static bool is_blank(const struct flag_reader *r, char c)
{
	return strchr(r->file ? " \t\n\r\v\f" : " \t\n", c) != NULL && c != '\0';
}

static void step(struct flag_reader *r)
{
	r->origin.line += r->file && *r->at == '\n';
	r->at++;
}

/* Copies up to the closing quote, which a file may lack. */
static char *read_quoted(struct flag_reader *r, char *to)
{
	const char quote = *r->at++;

	for (; r->at < r->end && *r->at != quote; step(r))
		*to++ = *r->at;
	r->at += r->at < r->end;
	return to;
}

/* Return: false at the end. */
static bool next_word(struct flag_reader *r)
{
	char *to = r->word;

	while (r->at < r->end && (is_blank(r, *r->at) || (r->file && *r->at == '#'))) {
		if (*r->at == '#')
			while (r->at < r->end && *r->at != '\n')
				r->at++;
		else
			step(r);
	}
	if (r->at == r->end)
		return false;
	while (r->at < r->end && !is_blank(r, *r->at) && !(r->file && *r->at == '#')) {
		if (r->file && (*r->at == '"' || *r->at == '\'')) {
			to = read_quoted(r, to);
			continue;
		}
		if (r->file && *r->at == '\\' && r->end - r->at > 1)
			r->at++;
		*to++ = *r->at;
		step(r);
	}
	*to = '\0';
	return true;
}

static int add_flag(struct flag_reader *r, const char *name, const char *value)
{
	struct erl_flag *flags;

	if (r->n == MAX_FLAGS) {
		r->complete = false;
		return 0;
	}
	flags = arena_grow(r->arena, r->flags, r->n, sizeof(*flags));
	if (!flags || !name)
		return -ENOMEM;
	r->flags = flags;
	flags[r->n] = (struct erl_flag){ .name = name, .origin = r->origin };
	if (value) {
		flags[r->n].value = arena_strdup(r->arena, value);
		if (!flags[r->n].value)
			return -ENOMEM;
	}
	r->n++;
	return 0;
}

static bool is_flag(const char *word)
{
	return word[0] == '-' || word[0] == '+';
}

/* +K true and its like: erlexec takes the next word away with it. */
static bool takes_value(const char *word)
{
	return word[0] == '+' && word[1] && strchr("aACeinPQtTRWKS", word[1]) && !word[2];
}

/* -env NAME VALUE, -kernel KEY VALUE: two words, the first of which is part of what it is called. */
static int read_pair(struct flag_reader *r, const char *flag)
{
	char *name;

	if (!next_word(r))
		return 0;
	name = arena_printf(r->arena, "%s %s", flag, r->word);
	if (!name)
		return -ENOMEM;
	return add_flag(r, name, next_word(r) ? r->word : NULL);
}

static int read_flag(struct flag_reader *r, bool *ended)
{
	static const char *const single[] = { "-name",		"-sname",     "-setcookie", "-proto_dist",
					      "-erl_epmd_port", "-epmd_port", "-config",    "-args_file" };

	*ended = strcmp(r->word, "-extra") == 0;
	if (strcmp(r->word, "-env") == 0)
		return read_pair(r, "-env");
	for (size_t i = 0; i < ARRAY_SIZE(single); i++) {
		if (strcmp(r->word, single[i]) != 0)
			continue;
		if (strcmp(r->word, "-setcookie") == 0)
			return add_flag(r, single[i], "***");
		return add_flag(r, single[i], next_word(r) ? r->word : NULL);
	}
	return 0;
}

static int read_flags(struct flag_reader *r)
{
	bool kernel = false, ended = false;
	int result = 0;

	while (result == 0 && !ended && next_word(r)) {
		if (takes_value(r->word)) {
			next_word(r);
		} else if (r->word[0] == '+') {
			continue;
		} else if (r->word[0] == '-') {
			kernel = strcmp(r->word, "-kernel") == 0;
			result = read_flag(r, &ended);
		} else if (kernel) {
			const char *key = arena_printf(r->arena, "-kernel %s", r->word);
			struct flag_reader ahead = *r;
			const bool value = next_word(&ahead) && !is_flag(ahead.word);

			result = key ? add_flag(r, key, value ? ahead.word : NULL) : -ENOMEM;
			if (value) {
				r->at = ahead.at;
				r->origin = ahead.origin;
			}
		}
	}
	return result;
}

int erl_flags_read(struct arena *arena, const char *text, size_t size, bool file, const struct ejg_origin *origin,
		   struct erl_flag **ret, size_t *ret_n, bool *ret_complete)
{
	cleanup_free char *word = malloc(size + 1);
	struct flag_reader r = { .arena = arena,
				 .at = text,
				 .end = text + size,
				 .file = file,
				 .origin = *origin,
				 .word = word,
				 .complete = true };
	int result;

	if (!word)
		return -ENOMEM;
	if (file)
		r.origin.line = 1;
	result = read_flags(&r);
	if (result < 0)
		return result;
	*ret = r.flags;
	*ret_n = r.n;
	*ret_complete = r.complete;
	return 0;
}
