/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/config/contributed.h"

#include <ctype.h>
#include <string.h>

#include "libejguard/util/root.h"

static bool exists(struct contributed *contributed, const char *pattern)
{
	glob_t matches = {};
	int r = pattern ? root_glob(contributed->check->facts->root, pattern, &matches) : GLOB_NOMATCH;

	contributed->check->no_memory |= !pattern;
	if (r == 0)
		globfree(&matches);
	return r == 0;
}

/* Each lookup searches many folders, and a malicious file may name any number. Return: true below the limit. */
static bool may_look_up(struct contributed *contributed)
{
	enum { MAX_LOOKUPS = 200 };

	if (contributed->n_lookups++ == MAX_LOOKUPS)
		config_finding(contributed->check, "unjudged", "modules", NULL, NULL,
			       "more than %d unknown names of modules: not all were looked up", MAX_LOOKUPS);
	return contributed->n_lookups <= MAX_LOOKUPS;
}

/*
 * In the folder of contributed modules, from ejabberdctl.cfg. A pattern in it is not expanded: it could match all files
 * of the host.
 */
static bool is_in_modules(struct contributed *contributed, const char *module)
{
	const char *folder = contributed->check->yml.setup->modules;

	if (!folder)
		return false;
	return strpbrk(folder, "*?[{\\") ||
	       exists(contributed, arena_printf(contributed->check->arena, "%s/*/ebin/%s.beam", folder, module));
}

static void add_folder(struct contributed *contributed, const char *folder)
{
	contributed->check->no_memory |= !folder;
	if (folder && contributed->n_folders < ARRAY_SIZE(contributed->folders))
		contributed->folders[contributed->n_folders++] = folder;
}

/* Erlang looks into its working directory, and where -pa and -pz say. ejabberdctl sets ERL_LIBS itself. */
static void find_code_paths(struct contributed *contributed)
{
	struct config_check *check = contributed->check;

	if (check->yml.setup->spool)
		add_folder(contributed, check->yml.setup->spool);
	for (size_t i = 0; i < check->survey->n_settings; i++) {
		const struct ejg_setting *setting = ejg_setting_get(check->survey, i);

		if (strcmp(setting->name, "code-path") == 0 && setting->value && !strpbrk(setting->value, "*?[{\\"))
			add_folder(contributed, setting->value);
	}
}

static void find_folders(struct contributed *contributed)
{
	static const char *const patterns[] = { "/usr/lib/*/ejabberd-*/ebin",	      "/usr/lib/ejabberd*/ebin",
						"/usr/lib/erlang/lib/ejabberd*/ebin", "/usr/lib64/ejabberd*/ebin",
						"/opt/ejabberd*/lib/ejabberd*/ebin",  "/usr/local/lib/ejabberd*/ebin" };
	struct config_check *check = contributed->check;

	for (size_t i = 0; i < ARRAY_SIZE(patterns) && !contributed->searched; i++) {
		glob_t matches = {};

		if (root_glob(check->facts->root, patterns[i], &matches) != 0)
			continue;
		for (size_t j = 0; j < matches.gl_pathc && contributed->n_folders < ARRAY_SIZE(contributed->folders);
		     j++)
			add_folder(contributed, arena_strdup(check->arena, matches.gl_pathv[j]));
		globfree(&matches);
	}
	if (!contributed->searched)
		find_code_paths(contributed);
	contributed->searched = true;
}

static bool is_in_path(struct contributed *contributed, const char *module)
{
	if (module[strspn(module, "abcdefghijklmnopqrstuvwxyz0123456789_")])
		return false;
	find_folders(contributed);
	for (size_t i = 0; i < contributed->n_folders; i++)
		if (exists(contributed,
			   arena_printf(contributed->check->arena, "%s/%s.beam", contributed->folders[i], module)))
			return true;
	return false;
}

bool contributed_serves(struct contributed *contributed, const char *scope, const char *option, const char *value)
{
	static const struct {
		const char *option;
		const char *prefix; /* NULL: the module */
	} names[] = { { "auth_method", "ejabberd_auth" },
		      { "sm_db_type", "ejabberd_sm" },
		      { "router_db_type", "ejabberd_router" },
		      { "oauth_db_type", "ejabberd_oauth" },
		      { "db_type", NULL },
		      { "ram_db_type", NULL } };
	static const char module[] = "module ";
	const char *prefix, *name;

	for (size_t i = 0; value && i < ARRAY_SIZE(names); i++) {
		if (strcmp(names[i].option, option) != 0)
			continue;
		prefix = names[i].prefix			       ? names[i].prefix
			 : strncmp(scope, module, strlen(module)) == 0 ? scope + strlen(module)
								       : NULL;
		name = prefix ? arena_printf(contributed->check->arena, "%s_%s", prefix, value) : NULL;
		return name && (!may_look_up(contributed) || is_in_path(contributed, name));
	}
	return false;
}

bool contributed_has(struct contributed *contributed, const char *module)
{
	struct config_check *check = contributed->check;
	struct yml_option installs = yml_option(&check->yml, NULL, "install_contrib_modules");

	if (!may_look_up(contributed))
		return true;
	if (is_in_path(contributed, module))
		return true;
	if (!module[strspn(module, "abcdefghijklmnopqrstuvwxyz0123456789_")] && is_in_modules(contributed, module))
		return true;
	for (size_t i = 0; installs.value && installs.value->kind == YML_LIST && i < installs.value->n; i++)
		if (yml_is(installs.value->items[i], module))
			return true;
	return isupper((unsigned char)*module) || !check->yml.setup->modules;
}
