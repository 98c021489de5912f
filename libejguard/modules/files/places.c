/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Finds the places: paths in the settings and in the configuration, and the default paths of ejabberd, Erlang and the
 * packages. The strictest come first: of two equal places the first counts.
 */
#include <errno.h>
#include <string.h>

#include "libejguard/modules/files/files.h"
#include "libejguard/modules/files/place-list.h"

/* A path that is unknown for another kind of service stays unknown: ejabberd's path is not used for it. */
static const char *ejabberds(const struct files *files, const char *path)
{
	return ejg_kind_is(files->facts, "ejabberd") ? path : NULL;
}

/* Records a setting whose value is unknown without running the start script; each once. */
static int add_undetermined(struct files *files, const struct ejg_setting *setting)
{
	const struct ejg_setting **grown;

	for (size_t i = 0; i < files->n_undetermined; i++)
		if (files->undetermined[i] == setting)
			return 0;
	grown = arena_grow(files->arena, files->undetermined, files->n_undetermined, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	grown[files->n_undetermined++] = setting;
	files->undetermined = grown;
	return 0;
}

static bool is_main(const struct ejg_setting *setting)
{
	static const char *const names[] = { "CONFIG_DIR", "SPOOL_DIR", "LOGS_DIR", "EJABBERD_CONFIG_PATH" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(setting->name, names[i]) == 0)
			return true;
	return false;
}

/* Reports them in one finding: usually one line of the script is the cause of all. */
static int tell_undetermined(struct files *files, bool main, const char *id)
{
	const struct ejg_setting *first = NULL;
	const char *names = NULL;
	struct ejg_place where;

	for (size_t i = 0; i < files->n_undetermined; i++) {
		const struct ejg_setting *setting = files->undetermined[i];

		if (is_main(setting) != main)
			continue;
		names = first ? arena_printf(files->arena, "%s, %s", names, setting->name) : setting->name;
		first = first ? first : setting;
		if (!names)
			return -ENOMEM;
	}
	if (!first)
		return 0;
	where = (struct ejg_place){ .file = first->origin.file, .line = first->origin.line };
	ejg_call_finding_at(files->call, id, names, &where, "cannot be determined without running the start script: %s",
			    first->note ? first->note : "shell code sets it");
	return 0;
}

/* The path in a setting, or `otherwise`; the place where it is set is *ret_place. */
static const char *path_of(struct files *files, const char *name, const char *otherwise, struct file_place *ret_place)
{
	const struct ejg_setting *setting = ejg_survey_setting(files->survey, name);

	*ret_place = (struct file_place){ .name = name };
	if (setting && setting->state == EJG_SETTING_INDETERMINATE && add_undetermined(files, setting) < 0)
		return NULL;
	if (!setting || setting->state != EJG_SETTING_KNOWN || !setting->value || setting->value[0] != '/')
		return otherwise;
	/* Others than root may own the script too; but findings do not name it for values that it presets. */
	if (setting->origin.kind != EJG_ORIGIN_DEFAULT)
		ret_place->origin = setting->origin.file;
	if (ret_place->origin && setting->origin.kind != EJG_ORIGIN_SCRIPT)
		ret_place->where = (struct ejg_place){ .file = setting->origin.file, .line = setting->origin.line };
	return setting->value;
}

/* Adds a place from a setting. */
static int add_setting(struct files *files, const char *name, const char *otherwise, enum place_shape shape,
		       enum file_group group)
{
	struct file_place place;
	const char *path = path_of(files, name, otherwise, &place);

	if (!path)
		return 0;
	place.path = path;
	place.shape = shape;
	place.group = group;
	place.sourced = strcmp(name, "EJABBERDCTL_CONFIG_PATH") == 0 || strcmp(name, "script") == 0;
	return places_add(files, &place);
}

/* Logs outside of LOGS_DIR: the named file, its rotated copies, and the other logs that ejabberd_logger writes
 * there. */
static int add_log(struct files *files, const struct file_place *like, const char *path)
{
	const char *folder = places_folder(files, path), *name = places_base(path), *dot = strrchr(name, '.');
	size_t stem = dot && dot > name ? (size_t)(dot - name) : strlen(name);
	int r;

	if (!*name)
		return 0;
	r = places_add_siblings(files, like, folder, places_escape(files, name, stem, "*"), GROUP_LOG);
	if (r == 0)
		r = places_add_siblings(files, like, folder, "error.log*", GROUP_LOG);
	return r == 0 ? places_add_siblings(files, like, folder, "crash.log*", GROUP_LOG) : r;
}

static int add_logs(struct files *files)
{
	struct file_place place;
	const char *path;
	int r = add_setting(files, "LOGS_DIR", ejabberds(files, "/var/log/ejabberd"), PLACE_TREE, GROUP_LOG);

	path = path_of(files, "EJABBERD_LOG_PATH", NULL, &place);
	if (r == 0 && path)
		r = add_log(files, &place, path);
	path = path_of(files, "ERL_CRASH_DUMP", NULL, &place);
	if (r == 0 && path)
		r = places_add_siblings(files, &place, places_folder(files, path), "erl_crash*", GROUP_DUMP);
	if (r == 0 && path)
		r = places_add_siblings(files, &place, places_folder(files, path),
					places_escape(files, places_base(path), strlen(places_base(path)), ""),
					GROUP_DUMP);
	return r;
}

/* Files that Erlang uses in the home folder: init(3), auth of kernel, shell history, crypto keys of beam_lib(3). */
static int add_home(struct files *files)
{
	static const struct {
		const char *name;
		enum file_group group;
	} names[] = {
		{ ".erlang.cookie", GROUP_COOKIE }, { ".erlang.crypt", GROUP_KEY },
		{ ".erlang", GROUP_CODE },	    { ".hosts.erlang", GROUP_DATA },
		{ ".config/erlang", GROUP_CODE },   { ".cache/erlang-history", GROUP_DUMP },
		{ "erl_crash.dump", GROUP_DUMP },
	};
	struct file_place place;
	const char *home = path_of(files, "HOME", files->service.home, &place);
	int r = 0;

	for (size_t i = 0; home && r == 0 && i < ARRAY_SIZE(names); i++) {
		place.path = places_join(files, home, names[i].name);
		place.shape = PLACE_TREE;
		place.group = names[i].group;
		r = place.path ? places_add(files, &place) : -ENOMEM;
	}
	home = path_of(files, "XDG_CONFIG_HOME", NULL, &place);
	if (r < 0 || !home)
		return r;
	place.path = places_join(files, home, "erlang/.erlang.cookie");
	place.group = GROUP_COOKIE;
	r = place.path ? places_add(files, &place) : -ENOMEM;
	place.path = places_join(files, home, "erlang");
	place.shape = PLACE_TREE;
	place.group = GROUP_CODE;
	return r == 0 && place.path ? places_add(files, &place) : -ENOMEM;
}

/* ext_mod of ejabberd: added modules, and their configuration. */
static int add_modules(struct files *files)
{
	struct file_place place;
	const char *home = path_of(files, "HOME", files->service.home, &place);
	const char *modules = path_of(files, "CONTRIB_MODULES_PATH",
				      home ? places_join(files, home, ".ejabberd-modules") : NULL, &place);
	int r;

	if (!modules)
		return files->service.home || home ? -ENOMEM : 0;
	r = add_setting(files, "CONTRIB_MODULES_CONF_DIR", places_join(files, modules, "conf"), PLACE_TREE,
			GROUP_CONFIG);
	place.path = modules;
	place.shape = PLACE_TREE;
	place.group = GROUP_CODE;
	return r == 0 ? places_add(files, &place) : r;
}

/* The script that root runs, and the code next to it if the package has a separate folder. */
static int add_script(struct files *files)
{
	const char *layout = ejg_survey_value(files->survey, "layout");
	const char *script = ejg_survey_value(files->survey, "script");
	const char *above = script && script[0] == '/' ? places_folder(files, script) : NULL;
	struct file_place place = { .name = "script", .shape = PLACE_TREE, .group = GROUP_CODE };
	int r = add_setting(files, "script", NULL, PLACE_FILE, GROUP_CODE);

	above = above ? places_folder(files, above) : NULL;
	if (r < 0 || !layout || !above)
		return r;
	if (strcmp(layout, "installer") == 0)
		place.path = above;
	else if (strcmp(layout, "source") == 0)
		place.path = places_join(files, above, "lib/ejabberd");
	return place.path ? places_add(files, &place) : 0;
}

static int add_extra(struct files *files)
{
	struct file_place place = { .name = "extra", .shape = PLACE_TREE, .group = GROUP_EXTRA };
	int r = 0;

	place.where.file = ejg_call_where(files->call, &place.where.line);
	for (size_t i = 0; r == 0 && i < files->config->extra.n; i++) {
		place.path = files->config->extra.items[i];
		r = places_add(files, &place);
	}
	return r;
}

/* If the packages leave the folder open, its files may be open too, except for secrets. */
static int add_config(struct files *files, const char *config)
{
	const char *at = files->facts->kind ? files->facts->kind->secrets : NULL;
	struct file_place place;
	const char *folder = path_of(files, "CONFIG_DIR", config, &place);
	int r = 0;

	if (!at || !folder)
		return add_setting(files, "CONFIG_DIR", config, PLACE_TREE, GROUP_CONFIG);
	place.group = GROUP_CONFIG;
	for (size_t n; r == 0 && *at; at += n + (at[n] == ' ')) {
		n = strcspn(at, " ");
		place.path = arena_printf(files->arena, "%s/%.*s", folder, (int)n, at);
		r = place.path ? places_add(files, &place) : -ENOMEM;
	}
	return r == 0 ? add_setting(files, "CONFIG_DIR", config, PLACE_TREE, GROUP_DATA) : r;
}

/* A release with its own Erlang: its code, and the cookie that mix adds to it. */
static int add_release(struct files *files)
{
	struct file_place place;
	const char *folder = path_of(files, "release", NULL, &place);
	int r;

	if (!folder)
		return 0;
	place.group = GROUP_COOKIE;
	place.path = places_join(files, folder, "releases/COOKIE");
	r = place.path ? places_add(files, &place) : -ENOMEM;
	place.shape = PLACE_TREE;
	place.group = GROUP_CODE;
	place.path = folder;
	return r == 0 ? places_add(files, &place) : r;
}

/* Files that ejabberdctl.cfg reads: root's shell runs them, too. And folders of code that erl is told of. */
static int add_named(struct files *files)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < files->survey->n_settings; i++) {
		const struct ejg_setting *setting = ejg_setting_get(files->survey, i);
		const bool code = strcmp(setting->name, "code-path") == 0;
		const struct file_place place = {
			.path = setting->value,
			.name = code ? "-pa" : "ejabberdctl.cfg",
			.origin = setting->origin.file,
			.where = { .file = setting->origin.file, .line = setting->origin.line },
			.shape = code ? PLACE_TREE : PLACE_FILE,
			.group = code ? GROUP_CODE : GROUP_DATA,
			.sourced = !code,
		};

		if (code || strcmp(setting->name, "sourced-file") == 0)
			r = places_add(files, &place);
	}
	return r;
}

int files_find_places(struct files *files)
{
	const bool ejabberd = ejg_kind_is(files->facts, "ejabberd");
	const char *config = files->facts->config_dir ? files->facts->config_dir : ejabberds(files, "/etc/ejabberd");
	const struct file_place backups = { .name = "backups" };
	int r = add_config(files, config);

	if (r == 0)
		r = add_setting(files, "SPOOL_DIR", ejabberds(files, "/var/lib/ejabberd"), PLACE_TREE, GROUP_SPOOL);
	if (r == 0)
		r = add_logs(files);
	if (r == 0)
		r = add_extra(files);
	if (r == 0)
		r = add_home(files);
	if (r == 0)
		r = add_setting(files, "EJABBERD_CONFIG_PATH", NULL, PLACE_FILE, GROUP_CONFIG);
	if (r == 0 && ejabberd)
		r = places_add_yml(files);
	if (r == 0)
		r = add_setting(files, "EJABBERDCTL_CONFIG_PATH",
				ejabberds(files, places_join(files, config, "ejabberdctl.cfg")), PLACE_FILE,
				GROUP_DATA);
	if (r == 0)
		r = add_named(files);
	if (r == 0)
		r = add_setting(files, "VMARGS", NULL, PLACE_FILE, GROUP_DATA);
	if (r == 0)
		r = add_setting(files, "ERL_INETRC", NULL, PLACE_FILE, GROUP_DATA);
	if (r == 0 && ejabberd)
		r = add_modules(files);
	if (r == 0)
		r = ejabberd ? add_script(files) : add_release(files);
	if (r == 0)
		r = tell_undetermined(files, true, files->privileged ? "place-undetermined" : "unseen");
	if (r == 0)
		r = tell_undetermined(files, false, files->privileged ? "undetermined" : "unseen");
	/* Debian's package saves the database here before it is removed or upgraded. */
	return r == 0 && ejabberd ? places_add_siblings(files, &backups, "/var/backups", "ejabberd*", GROUP_BACKUP) : r;
}
