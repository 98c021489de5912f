/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The start script, a file of EnvironmentFile= and the flags of erl: what is read is complete, and shows no cookie. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "libejguard/service/base/cookie-mask.h"
#include "libejguard/service/script/script.h"
#include "libejguard/service/unit/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check_variables(const struct variables *v)
{
	require(v->n <= VARIABLES_MAX);
	for (size_t i = 0; i < v->n; i++) {
		unsigned int n = 0;

		require(variable_find(v, v->items[i].name, strlen(v->items[i].name)) == &v->items[i]);
		for (const struct occurrence *one = v->items[i].now; one; one = one->earlier, n++)
			require((one->text != NULL) != (one->why != NULL));
		require(n <= VARIABLES_MAX_EARLIER + 1);
	}
}

static void check_script(struct arena *arena, const char *text, size_t size)
{
	/* no such folder: nothing that the script names is there */
	const struct settings_source source = { .root = "/nonexistent/ejguard", .hostname = "host" };
	struct settings s = { .arena = arena, .source = &source, .service = "ejabberd" };
	const char *next = NULL;

	s.variables.arena = arena;
	require(script_read(&s, "/usr/sbin/ejabberdctl", text, size, EJG_ORIGIN_SCRIPT, &next) == 0);
	require(!next || next[0] == '/');
	check_variables(&s.variables);
}

static void check_environment(struct arena *arena, char *text, size_t size)
{
	struct variables v = { .arena = arena };
	const struct source_text source = { .text = text, .size = size, .path = "file" };

	if (!unit_environment_text(&v, &source))
		return;
	check_variables(&v);
	for (size_t i = 0; i < v.n; i++)
		require(v.items[i].exported && v.items[i].now->text);
}

static void check_flags(struct arena *arena, const char *text, size_t size, enum erl_text kind)
{
	const struct ejg_origin origin = { .line = 1 };
	struct erl_flag *flags;
	struct erl_words words = { 0 };
	size_t n;

	require(erl_words_add(arena, &words, text, size, kind, &origin) == 0);
	require(words.n <= ERL_WORDS_MAX);
	require(erl_flags_read(arena, &words, &flags, &n) == 0);
	for (size_t i = 0; i < n; i++)
		if (strcmp(flags[i].name, "-setcookie") == 0)
			require(strcmp(flags[i].value, "***") == 0 || strcmp(flags[i].value, "*** ***") == 0);
}

/*
 * Behind each setcookie of what is shown stands *** or no value, only a sign such as = before one. Masked again, it may
 * lose more, where quotes that are gone had held words apart, but it shows nothing in addition.
 */
static void check_mask(struct arena *arena, const char *text)
{
	const char *masked = cookie_mask_text(arena, text, NULL);

	require(masked != NULL);
	require(strlen(cookie_mask_text(arena, masked, NULL)) <= strlen(masked));
	for (const char *at = masked; (at = strstr(at, "setcookie"));) {
		at += strlen("setcookie");
		require(!at[strspn(at, " \t\r\n\"'=:,>")] || strncmp(at, " ***", 4) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_arena struct arena *arena = arena_new();
	char *text;

	require(arena != NULL);
	text = arena_alloc(arena, size + 1);
	require(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	check_script(arena, text, size);
	check_environment(arena, text, size);
	check_flags(arena, text, size, ERL_TEXT_FILE);
	check_flags(arena, text, size, ERL_TEXT_VARIABLE);
	check_flags(arena, text, size, ERL_TEXT_SPLIT);
	check_mask(arena, text);
	return 0;
}
