/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Splits words as build_args_from_string() of erlexec.c; compared with OTP 23, 25, 27 and 29 (erl -emu_args_exit). */
#include "libejguard/service/base/erl-words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libejguard/util/cleanup.h"

struct erl_reader {
	const char *at;
	const char *end;
	enum erl_text kind;
	uint32_t line;
	char *word; /* buffer for all of the text */
};

static bool is_blank(const struct erl_reader *r, char c)
{
	return c != '\0' && strchr(r->kind == ERL_TEXT_SPLIT ? " \t\n" : " \t\n\r\v\f", c);
}

static bool is_comment(const struct erl_reader *r, char c)
{
	return r->kind == ERL_TEXT_FILE && c == '#';
}

static void step(struct erl_reader *r)
{
	r->line += r->kind == ERL_TEXT_FILE && *r->at == '\n';
	r->at++;
}

/* Copies up to the closing quote, which may be missing. */
static char *read_quoted(struct erl_reader *r, char *to)
{
	const char quote = *r->at++;

	for (; r->at < r->end && *r->at != quote; step(r))
		*to++ = *r->at;
	r->at += r->at < r->end;
	return to;
}

static void skip(struct erl_reader *r)
{
	for (; r->at < r->end && (is_blank(r, *r->at) || is_comment(r, *r->at)); step(r)) {
		const char *newline = is_comment(r, *r->at) ? memchr(r->at, '\n', (size_t)(r->end - r->at)) : r->at;

		r->at = newline ? newline : r->end - 1;
	}
}

/* Return: false at the end. */
static bool next_word(struct erl_reader *r)
{
	char *to = r->word;

	skip(r);
	if (r->at == r->end)
		return false;
	while (r->at < r->end && !is_blank(r, *r->at) && !is_comment(r, *r->at)) {
		if (r->kind != ERL_TEXT_SPLIT && (*r->at == '"' || *r->at == '\'')) {
			to = read_quoted(r, to);
			continue;
		}
		/* at the end of the text it is ignored */
		if (r->kind != ERL_TEXT_SPLIT && *r->at == '\\' && ++r->at == r->end)
			break;
		*to++ = *r->at;
		step(r);
	}
	*to = '\0';
	return true;
}

int erl_words_add(struct arena *arena, struct erl_words *words, const char *text, size_t size, enum erl_text kind,
		  const struct ejg_origin *origin)
{
	cleanup_free char *word = malloc(size + 1);
	struct erl_reader r = { .at = text, .end = text + size, .kind = kind, .line = 1, .word = word };

	if (!word)
		return -ENOMEM;
	for (;;) {
		struct erl_word *items;
		uint32_t line;

		skip(&r);
		line = r.line;
		if (!next_word(&r))
			return 0;
		if (words->n == ERL_WORDS_MAX) {
			words->more = true;
			return 0;
		}
		items = arena_grow(arena, words->items, words->n, sizeof(*items));
		if (!items)
			return -ENOMEM;
		words->items = items;
		items[words->n] = (struct erl_word){ arena_strdup(arena, word), *origin };
		if (!items[words->n].text)
			return -ENOMEM;
		if (kind == ERL_TEXT_FILE)
			items[words->n].origin.line = line;
		words->n++;
	}
}
