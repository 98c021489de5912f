/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/service/kind/read.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "libejguard/service/base/kind.h"
#include "libejguard/service/kind/conf.h"
#include "libejguard/service/kind/expand.h"
#include "libejguard/service/kind/release.h"
#include "libejguard/service/kind/sourced.h"
#include "libejguard/service/script/cfg-source.h"
#include "libejguard/service/script/flags.h"
#include "libejguard/util/address.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/erl-address.h"

static const struct ejg_origin by_default = { .kind = EJG_ORIGIN_DEFAULT };

/* The folder of the facts, else the first existing one of the row, else that of the release's version. */
static void find_folder(struct settings *s)
{
	const char *folder = s->config_dir ? s->config_dir : kind_expand(s, s->kind->folders);
	const struct ejg_origin *origin = s->config_dir ? &s->config_from : &by_default;

	if (!folder && s->root_version)
		folder = arena_printf(s->arena, "%s/releases/%s", s->root, s->root_version);
	if (folder && settings_exists(s->source, folder))
		variable_set(&s->variables, "CONFIG_DIR", folder, NULL, origin);
}

/* Marks all variables of the row as unknown, because something that was not understood may set them. */
static void doubt_row(struct settings *s, const struct ejg_origin *origin, const char *why)
{
	for (size_t i = 0; i < s->kind->n_settings; i++) {
		const char *words = s->kind->settings[i].variables, *word;
		size_t n;

		while ((word = kind_next_word(&words, &n))) {
			const char *name = arena_strndup(s->arena, word, n);

			if (name)
				variable_doubt(&s->variables, name, why, origin);
		}
	}
}

static void export_words(struct settings *s, const char *words)
{
	const char *word;
	size_t n;

	while ((word = kind_next_word(&words, &n))) {
		const char *name = arena_strndup(s->arena, word, n);

		if (name && variable_get(&s->variables, name))
			variable_export(&s->variables, name);
	}
}

/* The shell file that the start script reads: rabbitmq-env.conf, env.sh. */
static int read_shell(struct settings *s)
{
	const char *variable = s->kind->shell_variable;
	const struct occurrence *given = variable ? variable_filled(&s->variables, variable) : NULL;
	const char *path = kind_expand(s, s->kind->shell);
	struct ejg_origin origin = { .kind = EJG_ORIGIN_DISCOVERED };
	int r;

	if (given && given->text)
		path = given->text;
	if (!path)
		return 0;
	r = cfg_source(s, s->root_name ? s->root_name : s->service, path);
	if (r < 0)
		return r;
	export_words(s, s->kind->exports);
	origin.file = s->cfg_path;
	origin.line = s->cfg_opaque_line;
	if (s->cfg_problem)
		doubt_row(s, &origin, s->cfg_problem);
	else if (origin.line)
		doubt_row(s, &origin, "the effect of this line cannot be determined");
	return 0;
}

/* Sets the value from the variables of a row, weakest first, so that the strongest wins. */
static void take_variables(struct settings *s, const struct kind_setting *row)
{
	const char *end = row->variables ? row->variables + strlen(row->variables) : NULL;

	while (end && end > row->variables) {
		const struct occurrence *now;
		const char *start = end, *name;

		while (start > row->variables && start[-1] != ' ')
			start--;
		name = arena_strndup(s->arena, start, (size_t)(end - start));
		now = name ? variable_filled(&s->variables, name) : NULL;
		if (now && strcmp(name, row->name) != 0)
			variable_set(&s->variables, row->name, now->text, now->why, &now->origin);
		end = start > row->variables ? start - 1 : NULL;
	}
}

static void take_conf(struct settings *s, const struct kind_setting *row, const struct conf_list *conf)
{
	for (size_t i = 0; row->key && i < conf->n; i++) {
		const struct conf_value *value = &conf->items[i];

		if (value->key && strcmp(value->key, row->key) != 0)
			continue;
		if (value->key && !value->doubtful)
			variable_set(&s->variables, row->name, value->text, value->why, &value->origin);
		else
			variable_doubt(&s->variables, row->name, value->why, &value->origin);
	}
}

/* The service refuses a configuration with such a value, or takes it for something else. */
static void check_interface(struct settings *s)
{
	const struct occurrence *now = variable_filled(&s->variables, "INET_DIST_INTERFACE");
	struct erl_address address;

	if (now && now->text && !erl_address_read(now->text, &address))
		variable_set(&s->variables, "INET_DIST_INTERFACE", NULL, "it is not an address", &now->origin);
}

static int take_settings(struct settings *s)
{
	struct conf_list conf = { 0 };
	int r = conf_read(s, &conf);

	/* it means something to ejabberdctl only */
	variable_unset(&s->variables, "INET_DIST_INTERFACE");
	for (size_t i = 0; r == 0 && i < s->kind->n_settings; i++) {
		const struct kind_setting *row = &s->kind->settings[i];
		const char *otherwise = kind_expand(s, row->otherwise);

		if (otherwise)
			variable_set(&s->variables, row->name, otherwise, NULL, &by_default);
		take_conf(s, row, &conf);
		take_variables(s, row);
	}
	check_interface(s);
	return r;
}

/* The value of -sname, else of -name, at any position: erl_distribution:start_link(). */
static void take_name(struct settings *s)
{
	static const char *const names[] = { "-sname", "-name" };
	const struct occurrence *now = variable_filled(&s->variables, "ERLANG_NODE");
	const struct erl_flag *found = NULL;

	for (size_t k = 0; k < ARRAY_SIZE(names) && !found; k++)
		for (size_t i = 0; i < N_FLAG_SOURCES && !found; i++)
			for (size_t j = 0; j < s->flags[i].n && !found; j++)
				if (strcmp(s->flags[i].items[j].name, names[k]) == 0 && s->flags[i].items[j].value)
					found = &s->flags[i].items[j];
	if (!found || (now && now->origin.kind != EJG_ORIGIN_DEFAULT))
		return;
	s->name_flag = found;
	/* a release sets its own start name there */
	if (strchr(found->value, '$'))
		variable_set(&s->variables, "ERLANG_NODE", NULL, "it depends on the environment", &found->origin);
	else
		variable_set(&s->variables, "ERLANG_NODE", found->value, NULL, &found->origin);
}

int kind_read(struct settings *s)
{
	int r = release_find(s);

	if (r < 0)
		return r;
	find_folder(s);
	r = read_shell(s);
	if (r == 0)
		r = sourced_read(s);
	if (r == 0)
		r = take_settings(s);
	if (r == 0)
		r = flags_read(s);
	if (r == 0)
		take_name(s);
	if (s->kind->user && !s->unit.path)
		variable_set(&s->variables, "INSTALLUSER", s->kind->user, NULL, &by_default);
	return r == 0 && arena_failed(s->arena) ? -ENOMEM : r;
}

bool kind_is_alone(const struct settings *s)
{
	const struct occurrence *names = variable_filled(&s->variables, KIND_LONG_NAMES);

	return !s->name_flag && !s->flags_problem && names && names->text && strcmp(names->text, "none") == 0;
}

bool kind_port(const struct settings *s, const char *name, uint16_t *ret)
{
	const struct occurrence *now = variable_filled(&s->variables, name);
	const char *colon = now && now->text ? strrchr(now->text, ':') : NULL;

	return now && now->text && port_parse(colon ? colon + 1 : now->text, ret) == 0;
}

bool kind_number(const struct settings *s, unsigned int *ret)
{
	enum { WRAP = 60000 }; /* ekka_dist:offset/1 */
	const struct occurrence *now = variable_filled(&s->variables, "ERLANG_NODE");
	size_t end, start;
	uint64_t number = 0;

	if (!now || !now->text)
		return false;
	end = start = strcspn(now->text, "@");
	while (start > 0 && isdigit((unsigned char)now->text[start - 1]))
		start--;
	for (; start < end; start++)
		number = (number * 10 + (uint64_t)(now->text[start] - '0')) % WRAP;
	*ret = (unsigned int)number;
	return true;
}
