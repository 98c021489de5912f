/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The settings as a list: values in effect, and overridden ones. */
#include "libejguard/service/settings.h"

#include <errno.h>
#include <string.h>

#include "libejguard/service/base/kind.h"
#include "libejguard/service/derived.h"
#include "libejguard/service/epmd-units.h"
#include "libejguard/service/layout.h"
#include "libejguard/service/settings-list.h"
#include "libejguard/service/settings-read.h"
#include "libejguard/util/cleanup.h"

static const char not_exported[] = "it is set without export, so erl does not see it";

/* Variables that only count in the environment of erl: the file must export them. */
static bool is_for_environment(const char *name)
{
	static const char *const names[] = { "ERL_EPMD_PORT", "ERL_CRASH_DUMP_BYTES", "XDG_CONFIG_HOME" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* Adds a value that is written but has no effect for that reason. */
static void add_without_effect(struct setting_list *list, const char *name, const struct occurrence *now,
			       const char *reason)
{
	const char *note = arena_printf(list->arena, "%s: %s", origin_place(list->arena, &now->origin), reason);

	settings_add(list, name, EJG_SETTING_UNSET, NULL, note, NULL);
	for (; now; now = now->earlier)
		if (now->text && *now->text && !now->used && !settings_is_default(now))
			settings_add(list, name, EJG_SETTING_OVERRIDDEN, now->text, reason, &now->origin);
}

static void add_by_name(struct setting_list *list, const struct settings *s, const char *name)
{
	const struct variable *variable = variable_find(&s->variables, name, strlen(name));
	const struct occurrence *now = variable ? variable->now : NULL;
	const bool written = now && now->text && *now->text;

	if (written && is_for_environment(name) && !variable->exported)
		add_without_effect(list, name, now, not_exported);
	else if (written && strcmp(name, "ERL_DIST_PORT") == 0 && !s->uses_dist_port)
		add_without_effect(list, name, now, "this ejabberdctl does not know it");
	else
		settings_add_variable(list, name, now);
}

/* ejabberd's own defaults: ext_mod:modules_dir() and ext_mod:config_dir(). */
static void add_contributed(struct setting_list *list, const struct settings *s, const char *name, const char *parent,
			    const char *folder)
{
	const struct occurrence *now = variable_filled(&s->variables, name);
	const char *base = NULL;

	for (size_t i = list->n; i-- > 0;)
		if (strcmp(list->items[i].name, parent) == 0 && list->items[i].state == EJG_SETTING_KNOWN)
			base = list->items[i].value;
	if (now || !base)
		settings_add_variable(list, name, now);
	else
		settings_add(list, name, EJG_SETTING_KNOWN, arena_printf(list->arena, "%s/%s", base, folder), NULL,
			     NULL);
}

/* Arguments of erl from its environment; most hosts have none. */
static void add_flags(struct setting_list *list, const struct settings *s)
{
	static const char *const names[] = { "ERL_AFLAGS", "ERL_FLAGS", "ERL_ZFLAGS" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const struct variable *variable = variable_find(&s->variables, names[i], strlen(names[i]));

		if (!variable || !variable->now || !variable->now->text || !*variable->now->text)
			continue;
		if (variable->exported)
			settings_add_variable(list, names[i], variable->now);
		else
			add_without_effect(list, names[i], variable->now, not_exported);
	}
}

/* Settings that only ejabberd has. */
static bool is_ejabberds(const char *name)
{
	return strncmp(name, "EJABBERD", 8) == 0 || strncmp(name, "CONTRIB", 7) == 0 ||
	       strcmp(name, "FIREWALL_WINDOW") == 0;
}

/* HOME is the last but one of the names; those of ext_mod depend on it. */
static void add_variables(struct setting_list *list, struct settings *s, const struct occurrence *home)
{
	static const char *const names[] = { SETTING_NAMES };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!s->kind->has_script && is_ejabberds(names[i]))
			continue;
		if (strcmp(names[i], "INET_DIST_INTERFACE") == 0)
			settings_add_interface(list, s);
		else if (strcmp(names[i], "CONFIG_DIR") == 0)
			settings_add_variable(list, names[i], settings_config_dir(s));
		else if (strcmp(names[i], "HOME") == 0)
			settings_add_variable(list, names[i], home);
		else if (strncmp(names[i], "CONTRIB_MODULES", 15) != 0)
			add_by_name(list, s, names[i]);
	}
	add_flags(list, s);
	if (!s->kind->has_script)
		return;
	add_contributed(list, s, "CONTRIB_MODULES_PATH", "HOME", ".ejabberd-modules");
	add_contributed(list, s, "CONTRIB_MODULES_CONF_DIR", "CONTRIB_MODULES_PATH", "conf");
}

/*
 * The user of the node: User= of the unit, unless that is root; then the script changes to INSTALLUSER. A container has
 * neither: its image sets the user, and the images of ejabberd have a user of that name.
 */
static int find_user(struct settings *s, struct occurrence *ret, bool *ret_changed)
{
	const struct occurrence *install = variable_filled(&s->variables, "INSTALLUSER");
	const char *user = s->unit.user, *home = NULL;
	int r = 0;

	*ret_changed = false;
	if (user && strcmp(user, "root") != 0 && strcmp(user, "0") != 0) {
		*ret = (struct occurrence){ .text = user, .origin = s->unit.user_origin };
	} else if (install) {
		*ret = *install;
		*ret_changed = !install->text || strcmp(install->text, "root") != 0;
	} else if (s->unit.path) {
		*ret = (struct occurrence){ .text = "root", .origin = { EJG_ORIGIN_UNIT, s->unit.path, 0 } };
	} else {
		*ret = (struct occurrence){ .why = "the node runs as the user who calls the start script" };
		if (strcmp(layout_name(s), "container") == 0)
			r = settings_home(s->arena, s->source, "ejabberd", &home);
		if (home)
			*ret = (struct occurrence){ .text = "ejabberd",
						    .origin = { EJG_ORIGIN_USERS, "/etc/passwd", 0 } };
	}
	ret->earlier = NULL;
	return r;
}

/* The node's home folder: HOME of the unit or the configuration; after su the home folder of the user. */
static int find_home(struct settings *s, const struct occurrence *user, bool changed, struct occurrence *ret)
{
	const struct occurrence *set = variable_filled(&s->variables, "HOME");
	const char *home = NULL;
	int r = 0;

	if (set && !changed) {
		*ret = *set;
		return 0;
	}
	*ret = (struct occurrence){ .origin = { EJG_ORIGIN_USERS, "/etc/passwd", 0 } };
	/* su sets HOME again */
	ret->earlier = set;
	if (user->text)
		r = settings_home(s->arena, s->source, user->text, &home);
	ret->text = home;
	ret->why = user->text ? arena_printf(s->arena, "there is no user %s", user->text) : user->why;
	if (set && set->doubtful && !home)
		*ret = *set;
	return r;
}

static int add_all(struct setting_list *list, struct settings *s)
{
	struct occurrence user, home;
	bool changed;
	int r;

	r = find_user(s, &user, &changed);
	if (r == 0)
		r = find_home(s, &user, changed, &home);
	if (r < 0)
		return r;
	add_variables(list, s, &home);
	settings_add_variable(list, "user", &user);
	if (s->unit.umask)
		settings_add(list, "umask", EJG_SETTING_KNOWN, s->unit.umask, NULL, &s->unit.umask_origin);
	for (unsigned int i = 0; i < s->n_cfg_files; i++)
		settings_add(list, "sourced-file", EJG_SETTING_KNOWN, s->cfg_files[i].path, NULL,
			     &s->cfg_files[i].origin);
	for (unsigned int i = 0; i < s->n_cfg_commands; i++)
		settings_add(list, "not-assigned", EJG_SETTING_KNOWN, s->cfg_commands[i].name, NULL,
			     &s->cfg_commands[i].origin);
	r = settings_add_derived(list, s);
	if (r == 0)
		r = epmd_units_add(list, s);
	return r == 0 && arena_failed(list->arena) ? -ENOMEM : r;
}

int settings_collect(struct settings *s, const struct ejg_setting **ret, size_t *ret_n)
{
	struct setting_list list = { .arena = s->arena };
	int r = s->list ? 0 : settings_read_all(s);

	if (r == 0 && !s->list) {
		r = add_all(&list, s);
		if (r < 0)
			return r;
		s->list = list.items;
		s->n_list = list.n;
	}
	if (r < 0)
		return r;
	*ret = s->list;
	*ret_n = s->n_list;
	return 0;
}
