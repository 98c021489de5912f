/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Collects the texts that a start of the service reads. */
#include <string.h>

#include "libejguard/modules/lib/cookie/texts.h"

static void read_setting(struct texts *texts, const char *name)
{
	const char *path = ejg_survey_value(texts->host->survey, name);

	if (path && *path == '/')
		texts_file(texts, path, TEXT_ARGUMENTS | TEXT_FOLLOW);
}

/* True if the start script reads no arguments file, because VMARGS is empty. */
static bool is_without_arguments(const struct texts *texts)
{
	const struct ejg_setting *setting = ejg_survey_setting(texts->host->survey, "VMARGS");

	return setting && setting->state == EJG_SETTING_UNSET && ejg_survey_value(texts->host->survey, "script");
}

/* Reads the folder of services without a script that names their files (CouchDB, EMQX, VerneMQ). */
static void read_folder(struct texts *texts, const char *folder)
{
	const struct cookie_host *host = texts->host;
	const char *name = host->facts->kind ? host->facts->kind->name : host->facts->service;

	if (!is_without_arguments(texts) && !ejg_survey_value(host->survey, "VMARGS"))
		texts_file(texts, cookie_text(host, "%s/vm.args", folder), TEXT_ARGUMENTS | TEXT_FOLLOW);
	texts_file(texts, cookie_text(host, "%s/%s.conf", folder, name), TEXT_ARGUMENTS | TEXT_FOLLOW | TEXT_KEYS);
	texts_file(texts, cookie_text(host, "%s/base.hocon", folder), TEXT_ARGUMENTS | TEXT_FOLLOW | TEXT_KEYS);
	texts_file(texts, cookie_text(host, "%s/%s-env.conf", folder, name), TEXT_ARGUMENTS | TEXT_FOLLOW | TEXT_KEYS);
}

/* The next name in a folder that begins with the service's; NULL: no more, or too many entries were looked at. */
static const char *next_of_service(struct texts *texts, DIR *dir)
{
	const char *service = texts->host->facts->service;
	struct dirent *entry;

	while ((entry = readdir(dir))) {
		if (texts->n_entries++ >= TEXTS_MAX_ENTRIES) {
			texts->more = true;
			return NULL;
		}
		if (strncmp(entry->d_name, service, strlen(service)) == 0)
			return entry->d_name;
	}
	return NULL;
}

/* Reads /opt/SERVICE*, where services that bring their own Erlang are installed. */
static void read_opt_folders(struct texts *texts)
{
	const char *folder = NULL;
	cleanup_dir DIR *dir =
		access_folder(texts->host->arena, texts->host->facts->root, "/opt", &folder, &(int){ 0 });
	const char *name;

	while (dir && (name = next_of_service(texts, dir)))
		read_folder(texts, cookie_text(texts->host, "/opt/%s/etc", name));
}

static void read_configuration(struct texts *texts)
{
	static const char *const defaults[] = { "/etc/default", "/etc/sysconfig", "/etc/conf.d", "/etc/init.d" };
	const struct ejg_facts *facts = texts->host->facts;

	read_setting(texts, "EJABBERDCTL_CONFIG_PATH");
	read_setting(texts, "VMARGS");
	read_setting(texts, "script");
	for (size_t i = 0; i < ARRAY_SIZE(defaults); i++)
		texts_file(texts, cookie_text(texts->host, "%s/%s", defaults[i], facts->service),
			   TEXT_ARGUMENTS | TEXT_FOLLOW);
	if (facts->config_dir)
		read_folder(texts, facts->config_dir);
	read_folder(texts, cookie_text(texts->host, "/etc/%s", facts->service));
	read_opt_folders(texts);
	/* for DefaultEnvironment= */
	texts_file(texts, "/etc/systemd/system.conf", TEXT_ARGUMENTS | TEXT_FOLLOW);
	texts_folder(texts, "/etc/systemd/system.conf.d", "*.conf", TEXT_ARGUMENTS, 0);
}

static void read_named(struct texts *texts, const char *unit)
{
	static const char *const folders[] = { "/etc/systemd/system.control",  "/run/systemd/system.control",
					       "/run/systemd/transient",       "/etc/systemd/system",
					       "/etc/systemd/system.attached", "/run/systemd/system",
					       "/run/systemd/generator",       "/usr/local/lib/systemd/system",
					       "/usr/lib/systemd/system",      "/lib/systemd/system" };

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		texts_file(texts, cookie_text(texts->host, "%s/%s", folders[i], unit),
			   TEXT_ARGUMENTS | TEXT_FOLLOW | TEXT_UNIT);
		texts_folder(texts, cookie_text(texts->host, "%s/%s.d", folders[i], unit), "*.conf",
			     TEXT_ARGUMENTS | TEXT_UNIT, 0);
	}
}

static void read_unit(struct texts *texts, const char *unit)
{
	const char *at = strchr(unit, '@'), *dot = strrchr(unit, '.');

	if (strchr(unit, '/') || !dot)
		return;
	read_named(texts, unit);
	/* the template of this instance */
	if (at && dot > at + 1)
		read_named(texts, cookie_text(texts->host, "%.*s%s", (int)(at + 1 - unit), unit, dot));
}

/* Reads the files that the texts so far name; each may name more. systemd reads all files that match a pattern. */
static void read_the_named(struct texts *texts)
{
	for (size_t i = 0; i < texts->n_named; i++) {
		const char *path = texts->named[i], *slash = strrchr(path, '/');
		const unsigned int kind = texts->named_kinds[i];

		if (!(kind & TEXT_PATTERN) || !strpbrk(path, "*?["))
			texts_file(texts, path, kind);
		else if (!strpbrk(cookie_text(texts->host, "%.*s", (int)(slash - path), path), "*?["))
			texts_folder(texts, cookie_text(texts->host, "%.*s", (int)(slash - path), path), slash + 1,
				     kind, 0);
	}
}

static void read_units(struct texts *texts)
{
	const struct ejg_facts *facts = texts->host->facts;

	read_unit(texts, cookie_text(texts->host, "%s.service", facts->service));
	for (size_t i = 0; i < facts->n_cgroups; i++)
		read_unit(texts, ejg_cgroup_get(facts, i)->name);
	read_named(texts, "service");
}

const char *texts_home(const struct cookie_host *host, const struct cookie_place *place)
{
	const char *path = place->home.path;
	const char *home = cookie_text(host, "%.*s", (int)(strrchr(path, '/') - path), path);

	return *home ? home : "/";
}

/* Reads the files below releases/ of a release made by relx, rebar3, distillery or mix. */
static void read_release(struct texts *texts, const char *root, const char *pattern, unsigned int kind)
{
	texts_folder(texts, cookie_text(texts->host, "%s/releases", strcmp(root, "/") == 0 ? "" : root), pattern, kind,
		     1);
}

static void read_opt(struct texts *texts, const char *pattern, unsigned int kind)
{
	const char *folder = NULL;
	cleanup_dir DIR *dir =
		access_folder(texts->host->arena, texts->host->facts->root, "/opt", &folder, &(int){ 0 });
	const char *name;

	while (dir && (name = next_of_service(texts, dir)))
		read_release(texts, cookie_text(texts->host, "/opt/%s", name), pattern, kind);
}

void texts_releases(struct texts *texts, const struct cookie_places *places, const char *pattern, unsigned int kind)
{
	const char *script = ejg_survey_value(texts->host->survey, "script");
	const char *release = ejg_survey_value(texts->host->survey, "release");
	char *root = script ? arena_strdup(texts->host->arena, script) : NULL;

	for (int i = 0; root && i < 2; i++) {
		char *slash = strrchr(root, '/');

		if (slash)
			*slash = '\0';
		read_release(texts, *root ? root : "/", pattern, kind);
	}
	if (release)
		read_release(texts, release, pattern, kind);
	read_opt(texts, pattern, kind);
	for (size_t i = 0; i < places->n; i++)
		read_release(texts, texts_home(texts->host, &places->items[i]), pattern, kind);
}

void texts_sources(struct texts *texts, const struct cookie_places *places)
{
	read_configuration(texts);
	read_units(texts);
	texts_releases(texts, places, "vm.args*", TEXT_ARGUMENTS);
	texts_releases(texts, places, "env.sh*", TEXT_ARGUMENTS);
	read_the_named(texts);
}
