/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/config/known.h"

#include <stdint.h>
#include <string.h>

#include "libejguard/util/arena.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/suggest.h"

#define KNOWN(scope, option, releases, flag, type) { scope, option, releases, flag, type },
/* Sorted by scope and option. */
static const struct known table[] = {
#include "libejguard/modules/config/known.tbl"
};

static const struct {
	unsigned int version;
	unsigned int release;
	const char *name;
} releases[] = {
	{ 2101, R2101, "21.01" },
	{ 2301, R2301, "23.01" },
	{ 2412, R2412, "24.12" },
	{ 2607, R2607, "26.07" },
};

static int compare(const struct known *row, const char *scope, const char *option)
{
	int order = strcmp(row->scope, scope);

	return order ? order : strcmp(row->option, option);
}

/* The first row that does not sort before an option. */
static size_t lower_bound(const char *scope, const char *option)
{
	size_t low = 0, high = ARRAY_SIZE(table);

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(&table[middle], scope, option) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct known *known_find(const char *scope, const char *option, size_t *ret_n)
{
	size_t first = lower_bound(scope, option), n = 0;

	while (first + n < ARRAY_SIZE(table) && compare(&table[first + n], scope, option) == 0)
		n++;
	*ret_n = n;
	return n ? &table[first] : NULL;
}

const struct known *known_in(const char *scope, const char *option, unsigned int wanted)
{
	size_t n;
	const struct known *rows = known_find(scope, option, &n);

	for (size_t i = 0; i < n; i++)
		if (rows[i].releases & wanted)
			return &rows[i];
	/* The old name of an option counts for modules that have this one. */
	if (strcmp(option, "deref_aliases") == 0 && !known_is(scope, "ldap_deref_aliases", wanted))
		return NULL;
	return strncmp(scope, "module ", 7) == 0 && strcmp(scope, "module *") != 0
		       ? known_in("module *", option, wanted)
		       : NULL;
}

bool known_is(const char *scope, const char *option, unsigned int wanted)
{
	return known_in(scope, option, wanted) != NULL;
}

const struct known *known_nth(const char *scope, size_t n)
{
	size_t i = lower_bound(scope, "") + n;

	return i < ARRAY_SIZE(table) && strcmp(table[i].scope, scope) == 0 ? &table[i] : NULL;
}

const char *known_suggest(struct arena *arena, const char *scope, const char *word, unsigned int wanted)
{
	const char **names = arena_array(arena, ARRAY_SIZE(table) + 1, sizeof(*names));
	const struct known *row;
	size_t n = 0;

	for (size_t i = 0; names && (row = known_nth(scope, i)); i++)
		if (*row->option && (row->releases & wanted) && row->flag != OLD)
			names[n++] = row->option;
	if (!names)
		return NULL;
	names[n] = NULL;
	return suggest(word, names);
}

const char *known_suggest_scope(struct arena *arena, const char *prefix, const char *word, unsigned int wanted)
{
	const char **names = arena_array(arena, ARRAY_SIZE(table) + 1, sizeof(*names));
	size_t n = 0, length = strlen(prefix);

	for (size_t i = 0; names && i < ARRAY_SIZE(table); i++)
		if (strncmp(table[i].scope, prefix, length) == 0 && !*table[i].option && (table[i].releases & wanted) &&
		    table[i].flag != OLD)
			names[n++] = table[i].scope + length;
	if (!names)
		return NULL;
	names[n] = NULL;
	return suggest(word, names);
}

unsigned int known_releases(unsigned int version, bool *ret_exact)
{
	unsigned int before = 0, after = 0;

	*ret_exact = false;
	if (!version)
		return ALL;
	for (size_t i = 0; i < ARRAY_SIZE(releases); i++) {
		if (releases[i].version == version) {
			*ret_exact = true;
			return releases[i].release;
		}
		if (releases[i].version < version)
			before = releases[i].release;
		else if (!after)
			after = releases[i].release;
	}
	return before | after;
}

const char *known_names(struct arena *arena, unsigned int wanted)
{
	const char *text = "";

	for (size_t i = 0; i < ARRAY_SIZE(releases) && text; i++)
		if (wanted & releases[i].release) {
			wanted &= ~releases[i].release;
			text = arena_printf(arena, "%s%s%s", text,
					    !*text   ? ""
					    : wanted ? ", "
						     : " and ",
					    releases[i].name);
		}
	return text;
}
