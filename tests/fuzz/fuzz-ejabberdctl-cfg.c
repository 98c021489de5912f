/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ejabberdctl.cfg and vm.args: a value that was read, quoted and read again, is the same; ranges are ranges. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "libejguard/service/script/cfg.h"
#include "libejguard/service/script/erl-args.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* NAME='value', the way the shell writes any value: ' becomes '\'' there, and '"'"' here, which has no backslash. */
static char *assignment(struct arena *arena, const char *name, const char *value)
{
	char *text = arena_array(arena, strlen(name) + 5 * strlen(value) + 8, 1), *to = text;

	require(text != NULL);
	to = stpcpy(stpcpy(to, name), "='");
	for (const char *at = value; *at; at++) {
		if (*at == '\'')
			to = stpcpy(to, "'\"'\"'");
		else
			*to++ = *at;
	}
	stpcpy(to, "'\n");
	return text;
}

static void read_cfg(struct arena *arena, const char *text, size_t size, struct settings *ret)
{
	/* no such folder: nothing that the file names is there */
	static const struct settings_source source = { .root = "/nonexistent/ejguard", .hostname = "host" };

	*ret = (struct settings){ .arena = arena, .source = &source, .service = "ejabberd", .cfg_path = "cfg" };
	ret->variables.arena = arena;
	cfg_read(ret, "/usr/sbin/ejabberdctl", text, size);
	require(ret->variables.n <= VARIABLES_MAX);
	require((ret->cfg_opaque_line > 0) == (ret->cfg_opaque_why != NULL));
}

static void check_value(struct arena *arena, const struct variable *variable)
{
	const struct occurrence *now = variable->now;
	struct settings again;
	const char *text;

	if (!now)
		return;
	require((now->text != NULL) != (now->why != NULL) && now->origin.line > 0);
	if (!now->text || strlen(now->text) > 4096)
		return;
	text = assignment(arena, variable->name, now->text);
	read_cfg(arena, text, strlen(text), &again);
	require(again.cfg_opaque_line == 0 && again.variables.n == 1);
	require(strcmp(again.variables.items[0].now->text, now->text) == 0);
}

static void check_arguments(struct arena *arena, const char *text, size_t size, enum erl_text kind)
{
	const struct ejg_origin origin = { .line = 1 };
	struct ejg_port_range range = { 0 };
	struct erl_words words = { 0 };
	const struct erl_word *where;
	enum erl_args_result result;

	require(erl_words_add(arena, &words, text, size, kind, &origin) == 0);
	result = erl_args_read(&words, &range, &where);
	require((result == ERL_ARGS_RANGE) == (range.first > 0 && where));
	require(range.first <= range.last);
	/* A comment is nothing, nor is what stands in a cookie. */
	if (memmem(text, size, "inet_dist_listen", 16) && !memchr(text, '\0', size) && result == ERL_ARGS_NONE)
		require((kind == ERL_TEXT_FILE && memchr(text, '#', size)) || memmem(text, size, "cookie", 6));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_arena struct arena *arena = arena_new();
	const char *text = (const char *)data;
	struct settings s;

	if (size == 0)
		text = "";
	require(arena != NULL);
	read_cfg(arena, text, size, &s);
	for (size_t i = 0; i < s.variables.n; i++)
		check_value(arena, &s.variables.items[i]);
	check_arguments(arena, text, size, ERL_TEXT_FILE);
	check_arguments(arena, text, size, ERL_TEXT_SPLIT);
	return 0;
}
