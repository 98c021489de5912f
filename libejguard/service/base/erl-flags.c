/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/service/base/erl-flags.h"

#include <errno.h>
#include <string.h>

#include "libejguard/util/cleanup.h"

struct flag_reader {
	struct arena *arena;
	const struct erl_words *words;
	size_t at;		    /* of the next word */
	const struct erl_word *now; /* the previous word */
	struct erl_flag *flags;
	size_t n;
};

/* Return: false at the end. */
static bool next_word(struct flag_reader *r)
{
	if (r->at == r->words->n)
		return false;
	r->now = &r->words->items[r->at++];
	return true;
}

static int add_flag(struct flag_reader *r, const char *name, const char *value)
{
	struct erl_flag *flags = name ? arena_grow(r->arena, r->flags, r->n, sizeof(*flags)) : NULL;

	if (!flags)
		return -ENOMEM;
	r->flags = flags;
	flags[r->n++] = (struct erl_flag){ name, value, r->now->origin };
	return 0;
}

static bool is_flag(const char *word)
{
	return word[0] == '-' || word[0] == '+';
}

/* +K true and similar flags: erlexec consumes the next word too. */
static bool takes_value(const char *word)
{
	return word[0] == '+' && word[1] && strchr("aACeinPQtTRWKS", word[1]) && !word[2];
}

/* Reads -env NAME VALUE: two words; the name is part of the flag's name. */
static int read_pair(struct flag_reader *r, const char *flag)
{
	char *name;

	if (!next_word(r))
		return 0;
	name = arena_printf(r->arena, "%s %s", flag, r->now->text);
	return add_flag(r, name, next_word(r) ? r->now->text : NULL);
}

/* -pa FOLDER...: one flag for each. */
static int read_folders(struct flag_reader *r, const char *flag)
{
	int result = 0;

	while (result == 0 && r->at < r->words->n && !is_flag(r->words->items[r->at].text) && next_word(r))
		result = add_flag(r, flag, r->now->text);
	return result;
}

/* -setcookie NODE COOKIE */
static bool is_for_a_node(const struct flag_reader *r)
{
	return r->at + 1 < r->words->n && !is_flag(r->words->items[r->at].text) &&
	       !is_flag(r->words->items[r->at + 1].text);
}

static int read_flag(struct flag_reader *r, bool *ended)
{
	static const char *const folders[] = { "-pa", "-pz", "-path" };
	static const char *const single[] = { "-name",		"-sname",     "-setcookie", "-proto_dist",
					      "-erl_epmd_port", "-epmd_port", "-config",    "-args_file" };

	*ended = strcmp(r->now->text, "-extra") == 0;
	if (strcmp(r->now->text, "-env") == 0)
		return read_pair(r, "-env");
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		if (strcmp(r->now->text, folders[i]) == 0)
			return read_folders(r, folders[i]);
	for (size_t i = 0; i < ARRAY_SIZE(single); i++) {
		if (strcmp(r->now->text, single[i]) != 0)
			continue;
		if (strcmp(r->now->text, "-setcookie") == 0)
			return add_flag(r, single[i], is_for_a_node(r) ? "*** ***" : "***");
		return add_flag(r, single[i], next_word(r) ? r->now->text : NULL);
	}
	return 0;
}

static int read_kernel_key(struct flag_reader *r)
{
	const char *key = arena_printf(r->arena, "-kernel %s", r->now->text);
	const struct erl_word *value = r->at < r->words->n ? &r->words->items[r->at] : NULL;
	int result;

	if (value && is_flag(value->text))
		value = NULL;
	result = add_flag(r, key, value ? value->text : NULL);
	r->at += value != NULL;
	return result;
}

int erl_flags_read(struct arena *arena, const struct erl_words *words, struct erl_flag **ret, size_t *ret_n)
{
	struct flag_reader r = { .arena = arena, .words = words };
	bool kernel = false, ended = false;
	int result = 0;

	while (result == 0 && !ended && next_word(&r)) {
		if (takes_value(r.now->text)) {
			next_word(&r);
		} else if (r.now->text[0] == '+') {
			continue;
		} else if (r.now->text[0] == '-') {
			kernel = strcmp(r.now->text, "-kernel") == 0;
			result = read_flag(&r, &ended);
		} else if (kernel) {
			result = read_kernel_key(&r);
		}
	}
	if (result < 0)
		return result;
	*ret = r.flags;
	*ret_n = r.n;
	return 0;
}
