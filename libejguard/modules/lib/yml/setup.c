/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds the configuration, the parts of the node's environment that it depends on, and its absolute paths. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include <ejguard/facts.h>

#include "libejguard/modules/lib/yml/load.h"
#include "libejguard/modules/lib/yml/yml.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/file.h"
#include "libejguard/util/root.h"

enum { MAX_TEXT = 256 << 10, MAX_ENVIRONMENT = 100 };

struct names {
	struct arena *arena;
	const char *root;
	const char **items;
	size_t n;
};

static void add_name(struct names *names, const char *text, size_t length)
{
	const char **items;

	for (size_t i = 0; i < names->n; i++)
		if (strlen(names->items[i]) == length && strncmp(names->items[i], text, length) == 0)
			return;
	items = names->n < MAX_ENVIRONMENT ? arena_grow(names->arena, names->items, names->n, sizeof(*items)) : NULL;
	if (!items)
		return;
	names->items = items;
	items[names->n] = arena_strndup(names->arena, text, length);
	names->n += items[names->n] != NULL;
}

/* Finds every EJABBERD_MACRO_NAME= in a text. NULs count as line ends. */
static void scan(struct names *names, const char *text, size_t size)
{
	static const char prefix[] = "EJABBERD_MACRO_";
	const char *end = text + size;

	while ((text = memmem(text, end - text, prefix, sizeof(prefix) - 1))) {
		size_t length;

		text += sizeof(prefix) - 1;
		length = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");
		if (length && text[length] == '=')
			add_name(names, text, length);
	}
}

/* Reads a regular file, or one of /proc: at most MAX_TEXT bytes, and adds a NUL. NULL: it cannot be read. */
static char *slurp(const char *root, const char *path, bool proc, size_t *ret_size)
{
	cleanup_fd int fd = root_open_regular(root, path);
	cleanup_free char *text = malloc(MAX_TEXT + 1);
	ssize_t n;

	if (fd < 0 || !text)
		return NULL;
	n = file_read_some(fd, text, MAX_TEXT);
	if (n < 0)
		return NULL;
	text[n] = '\0';
	for (ssize_t i = 0; !proc && i < n; i++)
		if (!text[i])
			text[i] = '\n';
	*ret_size = (size_t)n;
	return take_ptr(text);
}

static void scan_file(struct names *names, const char *path, bool proc)
{
	size_t size = 0;
	cleanup_free char *text = slurp(names->root, path, proc, &size);

	if (!text)
		return;
	scan(names, text, size);
	explicit_bzero(text, size);
}

/* Scans a unit file or drop-in, and the files of its EnvironmentFile= lines. */
static void scan_unit(struct names *names, const char *path)
{
	size_t size = 0;
	cleanup_free char *text = slurp(names->root, path, false, &size);
	char *rest = text, *line;

	if (!text)
		return;
	scan(names, text, size);
	while (rest && (line = strsep(&rest, "\n"))) {
		static const char key[] = "EnvironmentFile=";

		line += strspn(line, " \t");
		if (strncmp(line, key, sizeof(key) - 1) != 0)
			continue;
		line += sizeof(key) - 1;
		line += *line == '-';
		if (*line == '/')
			scan_file(names, line, false);
	}
}

static void scan_units(struct names *names, const char *unit)
{
	/* systemd.unit(5), "System Unit Search Path" */
	static const char *const folders[] = { "/etc/systemd/system", "/run/systemd/system",
					       "/usr/local/lib/systemd/system", "/usr/lib/systemd/system" };
	char path[512];

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		cleanup_dir DIR *dir = NULL;
		const struct dirent *entry;
		unsigned int n = 0;

		snprintf(path, sizeof(path), "%s/%s", folders[i], unit);
		scan_unit(names, path);
		snprintf(path, sizeof(path), "%s/%s.d", folders[i], unit);
		dir = root_opendir(names->root, path);
		while (dir && (entry = readdir(dir)) && n++ < 100) {
			if (*entry->d_name == '.')
				continue;
			snprintf(path, sizeof(path), "%s/%s.d/%s", folders[i], unit, entry->d_name);
			scan_unit(names, path);
		}
	}
}

static void find_environment(struct names *names, const struct ejg_facts *facts, const struct ejg_survey *survey)
{
	const char *script = survey ? ejg_survey_value(survey, "EJABBERDCTL_CONFIG_PATH") : NULL;
	char path[512];

	if (!script && facts->config_dir) {
		snprintf(path, sizeof(path), "%s/ejabberdctl.cfg", facts->config_dir);
		script = path;
	}
	if (script)
		scan_file(names, script, false);
	for (size_t i = 0; i < facts->n_cgroups && i < 20; i++)
		if (strchr(ejg_cgroup_get(facts, i)->name, '.') && !strchr(ejg_cgroup_get(facts, i)->name, '/'))
			scan_units(names, ejg_cgroup_get(facts, i)->name);
	for (size_t i = 0; survey && i < survey->n_processes; i++) {
		const struct ejg_process *process = ejg_process_get(survey, i);

		if (process->role != EJG_PROCESS_NODE || process->relation != EJG_RELATION_OURS)
			continue;
		snprintf(path, sizeof(path), "/proc/%d/environ", (int)process->pid);
		scan_file(names, path, true);
	}
}

/* "23.01" is 2301, "24.12-rc1" 2412; 0 for anything else. */
static unsigned int read_version(const char *text)
{
	if (!text || !isdigit((unsigned char)text[0]) || !isdigit((unsigned char)text[1]) || text[2] != '.' ||
	    !isdigit((unsigned char)text[3]) || !isdigit((unsigned char)text[4]))
		return 0;
	return (text[0] - '0') * 1000 + (text[1] - '0') * 100 + (text[3] - '0') * 10 + (text[4] - '0');
}

static const char *value(const struct ejg_survey *survey, const char *name)
{
	return survey ? ejg_survey_value(survey, name) : NULL;
}

/*
 * EJABBERD_CONFIG_PATH, else ejabberd.yml in the configuration folder, as the start script does. If the former is
 * unknown, the latter is used, and *ret_note says so.
 */
static const char *find_config(struct arena *arena, const struct ejg_facts *facts, const struct ejg_survey *survey,
			       const char **ret_note, const char **ret_problem)
{
	const struct ejg_setting *setting = survey ? ejg_survey_setting(survey, "EJABBERD_CONFIG_PATH") : NULL;
	const char *folder = value(survey, "CONFIG_DIR");

	if (setting && setting->state == EJG_SETTING_KNOWN && *setting->value == '/')
		return setting->value;
	if (setting && setting->state == EJG_SETTING_INDETERMINATE)
		*ret_note = setting->note ? setting->note : "it cannot be determined without running the start script";
	if (!folder || *folder != '/')
		folder = facts->config_dir;
	if (folder)
		return arena_printf(arena, "%s/ejabberd.yml", folder);
	*ret_problem = "no configuration folder of the service was found";
	return NULL;
}

int yml_setup_find(struct arena *arena, const struct ejg_facts *facts, const struct ejg_survey *survey,
		   struct yml_setup **ret, const char **ret_problem)
{
	struct yml_setup *setup = arena_alloc(arena, sizeof(*setup));
	struct names names = { .arena = arena, .root = facts->root };
	const char *log = value(survey, "EJABBERD_LOG_PATH");

	if (!setup)
		return -ENOMEM;
	setup->root = facts->root;
	setup->config = find_config(arena, facts, survey, &setup->note, ret_problem);
	if (!setup->config)
		return arena_failed(arena) ? -ENOMEM : -ENOENT;
	setup->spool = value(survey, "SPOOL_DIR");
	setup->logs = value(survey, "LOGS_DIR");
	if (log && *log == '/')
		setup->logs = arena_strndup(arena, log, strrchr(log, '/') - log);
	setup->home = value(survey, "HOME");
	setup->modules = value(survey, "CONTRIB_MODULES_PATH");
	if (!setup->modules && setup->home)
		setup->modules = arena_printf(arena, "%s/.ejabberd-modules", setup->home);
	setup->modules_conf = value(survey, "CONTRIB_MODULES_CONF_DIR");
	if (!setup->modules_conf && setup->modules)
		setup->modules_conf = arena_printf(arena, "%s/conf", setup->modules);
	setup->version = read_version(value(survey, "version"));
	if (!setup->version || setup->version >= YML_VERSION_MACRO_ENVIRONMENT)
		find_environment(&names, facts, survey);
	setup->environment = names.items;
	setup->n_environment = names.n;
	if (arena_failed(arena))
		return -ENOMEM;
	*ret = setup;
	return 0;
}

const char *yml_path_absolute(struct arena *arena, const struct yml *yml, const char *path)
{
	const char *spool = yml->setup->spool;

	if (*path == '/')
		return path;
	return spool && *spool == '/' ? arena_printf(arena, "%s/%s", spool, path) : NULL;
}

/* ejabberd_config, get_predefined_keywords(); HOST_URL_ENCODE and the versions are not used in file names. */
static const char *keyword(const struct yml *yml, const char *host, const char *name, size_t length)
{
	const struct {
		const char *name;
		const char *value;
	} keywords[] = {
		{ "HOST", host },
		{ "HOME", yml->setup->home ? yml->setup->home : yml->setup->spool },
		{ "DATABASE_PATH", yml->setup->spool },
		{ "LOG_PATH", yml->setup->logs },
	};

	for (size_t i = 0; i < ARRAY_SIZE(keywords); i++)
		if (strlen(keywords[i].name) == length && strncmp(keywords[i].name, name, length) == 0)
			return keywords[i].value;
	return NULL;
}

const char *yml_expand(struct arena *arena, const struct yml *yml, const char *host, const char *text,
		       bool *ret_no_memory)
{
	for (const char *at = strchr(text, '@'); at; at = strchr(at, '@')) {
		size_t length = strspn(at + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");
		const char *value, *all;

		if (!length || at[length + 1] != '@') {
			at++;
			continue;
		}
		value = keyword(yml, host, at + 1, length);
		if (!value && length == strlen("CONFIG_PATH") && strncmp(at + 1, "CONFIG_PATH", length) == 0)
			value = arena_strndup(arena, yml->setup->config,
					      strrchr(yml->setup->config, '/') - yml->setup->config);
		if (!value)
			return NULL;
		all = strlen(text) + strlen(value) < 65536
			      ? arena_printf(arena, "%.*s%s%s", (int)(at - text), text, value, at + length + 2)
			      : NULL;
		if (!all) {
			*ret_no_memory = arena_failed(arena);
			return NULL;
		}
		at = all + (at - text) + strlen(value);
		text = all;
	}
	return text;
}
