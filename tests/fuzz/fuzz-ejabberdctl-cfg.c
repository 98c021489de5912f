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
static char *assignment(struct arena *arena, const struct ctl_value *value)
{
	char *text = arena_array(arena, strlen(value->name) + 5 * strlen(value->text) + 8, 1), *to = text;

	require(text != NULL);
	to = stpcpy(stpcpy(to, value->name), "='");
	for (const char *at = value->text; *at; at++) {
		if (*at == '\'')
			to = stpcpy(to, "'\"'\"'");
		else
			*to++ = *at;
	}
	stpcpy(to, "'\n");
	return text;
}

static void check_value(struct arena *arena, const struct ctl_cfg *cfg, const struct ctl_value *value)
{
	struct ctl_cfg again;
	const char *text;

	require(ctl_cfg_get(cfg, value->name) == value);
	require(value->line > 0);
	require(value->assigned || value->exported);
	require(value->assigned == (value->text || value->why) && !(value->text && value->why));
	if (!value->text)
		return;
	text = assignment(arena, value);
	require(ctl_cfg_parse(arena, text, strlen(text), &again) == 0);
	require(again.opaque_line == 0 && again.n_values == 1);
	require(strcmp(again.values[0].text, value->text) == 0);
}

static void check_arguments(const char *text, size_t size, bool file)
{
	struct ejg_port_range range = { 0 };
	enum erl_args_result result;

	require(erl_args_read(text, size, file, &result, &range) == 0);
	require((result == ERL_ARGS_RANGE) == (range.first > 0));
	require(range.first <= range.last);
	if (memmem(text, size, "inet_dist_listen", 16) && result == ERL_ARGS_NONE)
		require(file && memchr(text, '#', size));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_arena struct arena *arena = arena_new();
	const char *text = (const char *)data;
	struct ctl_cfg cfg;

	if (size == 0)
		text = "";
	require(arena != NULL);
	require(ctl_cfg_parse(arena, text, size, &cfg) == 0);
	require(cfg.n_values <= CTL_MAX_NAMES);
	require((cfg.opaque_line > 0) == (cfg.opaque_why != NULL));
	for (size_t i = 0; i < cfg.n_values; i++)
		check_value(arena, &cfg, &cfg.values[i]);
	check_arguments(text, size, true);
	check_arguments(text, size, false);
	return 0;
}
