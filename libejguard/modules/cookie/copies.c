/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where a cookie stands that should stand in its file only: a search of a fixed list of places, bounded in files and
 * bytes. A link in a folder is not followed. A finding says file and line, never the value.
 */
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <string.h>

#include "libejguard/modules/cookie/cookie.h"
#include "libejguard/modules/cookie/search.h"
#include "libejguard/modules/cookie/strength.h"

enum {
	MAX_FILES = 512,    /* that are read */
	MAX_ENTRIES = 8192, /* of folders */
	MAX_FINDINGS = 20,  /* then it is said that there are more */
	MIN_COOKIE = 8,	    /* a shorter one is a word that stands everywhere */
};

struct seen {
	dev_t device;
	ino_t inode;
};

struct copies {
	struct audit *audit;
	const struct cookie *cookie; /* NULL: only options are looked for */
	struct seen *seen;
	size_t n_seen;
	size_t n_entries;
	size_t n_findings;
	bool setcookie; /* was found */
	bool more;
	/* The file that is being searched. */
	const char *path;
	const struct access_path *file;
	bool said_copy;
};

enum look {
	LOOK_OPTIONS = 1 << 0, /* a start reads it: -setcookie there counts */
	LOOK_FOLLOW = 1 << 1,  /* named by a setting: a link at its end is followed */
};

static void say_copy(struct copies *copies, uint32_t line)
{
	struct audit *audit = copies->audit;
	const struct access_path *file = copies->file;
	struct ejg_place place = { .file = copies->path, .line = line };
	bool readable = access_exposed(&file->access, &file->reach, &audit->service.trust) & ACCESS_READ;
	const char *who;

	if (copies->said_copy)
		return;
	copies->said_copy = true;
	if (!readable) {
		audit_say_at(audit, "copy", copies->path, &place,
			     "holds the cookie too: one more place to keep private");
		return;
	}
	who = access_describe(audit->arena, &file->access, &file->reach, &audit->service.trust, ACCESS_READ);
	audit->reasons |= COOKIE_EXPOSED;
	audit_say_at(audit, "copy-readable", copies->path, &place,
		     "holds the cookie too, and %s can read it there and take the node", who ? who : "others");
}

static void say_setcookie(struct copies *copies, const struct search_hit *hit)
{
	struct audit *audit = copies->audit;
	struct ejg_place place = { .file = copies->path, .line = hit->line };

	copies->setcookie = true;
	audit_say_at(audit, "setcookie", copies->path, &place,
		     "puts a cookie among the node's arguments, where every user of this host can read it");
	if (audit->read && !hit->same && !hit->computed)
		audit_say_at(audit, "contradiction", copies->path, &place,
			     "sets another cookie than %s, which is not read then",
			     place_effective(&audit->places[0])->path);
}

static void say_hit(void *data, const struct search_hit *hit)
{
	struct copies *copies = data;
	struct ejg_place place = { .file = copies->path, .line = hit->line };

	if (copies->n_findings == MAX_FINDINGS) {
		copies->more = true;
		return;
	}
	copies->n_findings++;
	switch (hit->kind) {
	case SEARCH_VALUE:
		say_copy(copies, hit->line);
		break;
	case SEARCH_SETCOOKIE:
		say_setcookie(copies, hit);
		break;
	case SEARCH_NOCOOKIE:
		audit_say_at(copies->audit, "nocookie", copies->path, &place,
			     "has -nocookie: the node's cookie is then the word nocookie, which everybody knows");
		break;
	}
}

/* Whether this file was not looked at yet. The cookie files themselves count as looked at. */
static bool is_new(struct copies *copies, const struct access *access)
{
	for (size_t i = 0; i < copies->n_seen; i++)
		if (copies->seen[i].device == access->device && copies->seen[i].inode == access->inode)
			return false;
	if (copies->n_seen == MAX_FILES) {
		copies->more = true;
		return false;
	}
	copies->seen[copies->n_seen++] = (struct seen){ access->device, access->inode };
	return true;
}

static void search_file(struct copies *copies, const char *path, unsigned int look)
{
	struct vault *vault = copies->audit->vault;
	cleanup_access_path struct access_path file = ACCESS_PATH_NULL;
	const char *problem = NULL;
	ssize_t n;

	if (access_walk(copies->audit->arena, NULL, path, look & LOOK_FOLLOW ? ACCESS_FOLLOW : 0,
			&copies->audit->service.trust, &file, &problem) < 0 ||
	    file.fd < 0 || !S_ISREG(file.access.mode))
		return;
	/* A folder on the way that became a link since its folder was listed leads somewhere else. */
	if (!(look & LOOK_FOLLOW) && strcmp(path, file.path) != 0)
		return;
	if (!is_new(copies, &file.access))
		return;
	n = read_path_fd(file.fd, vault->buffer, VAULT_BUFFER);
	if (n < 0)
		return;
	copies->more |= n == VAULT_BUFFER;
	copies->path = file.path;
	copies->file = &file;
	copies->said_copy = false;
	search_text(vault->buffer, (size_t)n, copies->cookie, look & LOOK_OPTIONS, say_hit, copies);
	explicit_bzero(vault->buffer, (size_t)n);
}

/* Files of a folder whose names match; with depth those of its folders, too. Links are passed over. */
static void search_folder(struct copies *copies, const char *path, const char *pattern, unsigned int look,
			  unsigned int depth)
{
	const char *folder = NULL;
	cleanup_dir DIR *dir = open_search_folder(copies->audit, path, &folder);
	struct dirent *entry;

	while (dir && !arena_failed(copies->audit->arena) && (entry = readdir(dir))) {
		const char *child;

		if (copies->n_entries++ >= MAX_ENTRIES) {
			copies->more = true;
			return;
		}
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		child = audit_text(copies->audit, "%s/%s", strcmp(folder, "/") == 0 ? "" : folder, entry->d_name);
		if (depth > 0 && entry->d_type == DT_DIR)
			search_folder(copies, child, pattern, look, depth - 1);
		if (fnmatch(pattern, entry->d_name, 0) == 0)
			search_file(copies, child, look);
	}
}

static void search_setting(struct copies *copies, const char *name, unsigned int look)
{
	const char *path = ejg_survey_value(copies->audit->survey, name);

	if (path && *path == '/')
		search_file(copies, path, look | LOOK_FOLLOW);
}

static void search_configuration(struct copies *copies)
{
	const char *folder = ejg_survey_value(copies->audit->survey, "CONFIG_DIR");
	static const char *const defaults[] = { "/etc/default", "/etc/sysconfig", "/etc/conf.d", "/etc/init.d" };

	search_setting(copies, "EJABBERDCTL_CONFIG_PATH", LOOK_OPTIONS);
	search_setting(copies, "VMARGS", LOOK_OPTIONS);
	search_setting(copies, "script", LOOK_OPTIONS);
	search_setting(copies, "EJABBERD_CONFIG_PATH", 0);
	search_setting(copies, "ERL_INETRC", 0);
	for (size_t i = 0; i < ARRAY_SIZE(defaults); i++)
		search_file(copies, audit_text(copies->audit, "%s/%s", defaults[i], copies->audit->facts->service),
			    LOOK_OPTIONS | LOOK_FOLLOW);
	if (!folder)
		folder = copies->audit->facts->config_dir;
	if (folder && *folder == '/')
		search_folder(copies, folder, "*", 0, 3);
}

static void search_unit(struct copies *copies, const char *unit)
{
	static const char *const folders[] = { "/etc/systemd/system", "/run/systemd/system",
					       "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
					       "/lib/systemd/system" };

	if (strchr(unit, '/'))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		search_file(copies, audit_text(copies->audit, "%s/%s", folders[i], unit), LOOK_OPTIONS | LOOK_FOLLOW);
		search_folder(copies, audit_text(copies->audit, "%s/%s.d", folders[i], unit), "*.conf", LOOK_OPTIONS,
			      0);
	}
}

static void search_units(struct copies *copies)
{
	const struct ejg_facts *facts = copies->audit->facts;

	search_unit(copies, audit_text(copies->audit, "%s.service", facts->service));
	for (size_t i = 0; i < facts->n_cgroups; i++)
		search_unit(copies, ejg_cgroup_get(facts, i)->name);
}

/* What a release of relx, rebar3, distillery or mix keeps below releases/. */
static void search_releases(struct copies *copies, const char *root)
{
	static const struct {
		const char *pattern;
		unsigned int look;
	} kinds[] = {
		{ "vm.args*", LOOK_OPTIONS },
		{ "*.config*", 0 },
		{ "COOKIE*", 0 },
		{ "env.sh*", LOOK_OPTIONS },
	};
	const char *folder = audit_text(copies->audit, "%s/releases", strcmp(root, "/") == 0 ? "" : root);

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		search_folder(copies, folder, kinds[i].pattern, kinds[i].look, 1);
}

static void search_opt(struct copies *copies)
{
	const char *folder = NULL;
	cleanup_dir DIR *dir = open_search_folder(copies->audit, "/opt", &folder);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)) && copies->n_entries++ < MAX_ENTRIES)
		if (strncmp(entry->d_name, copies->audit->facts->service, strlen(copies->audit->facts->service)) == 0)
			search_releases(copies, audit_text(copies->audit, "/opt/%s", entry->d_name));
}

static void search_all_releases(struct copies *copies)
{
	const char *script = ejg_survey_value(copies->audit->survey, "script");
	char *root = script ? arena_strdup(copies->audit->arena, script) : NULL;

	for (int i = 0; root && i < 2; i++) {
		char *slash = strrchr(root, '/');

		if (slash)
			*slash = '\0';
		search_releases(copies, *root ? root : "/");
	}
	search_opt(copies);
}

/* The folder of the cookie: what editors and people leave beside it, and a release whose home it is. */
static void search_homes(struct copies *copies)
{
	for (size_t i = 0; i < copies->audit->n_places; i++) {
		const char *path = copies->audit->places[i].home.path;
		const char *home = audit_text(copies->audit, "%.*s", (int)(strrchr(path, '/') - path), path);

		search_folder(copies, *home ? home : "/", "*cookie*", 0, 0);
		search_releases(copies, *home ? home : "/");
	}
}

/* A second cookie file is another concern; but when it holds the same cookie it counts as a copy. */
static void remember_cookie_files(struct copies *copies)
{
	for (size_t i = 0; i < copies->audit->n_places; i++) {
		struct cookie_file *file = place_effective(&copies->audit->places[i]);

		if (file && file->walk.fd >= 0)
			(void)is_new(copies, &file->walk.access);
		if (copies->audit->places[i].xdg.path && copies->audit->places[i].xdg.walk.fd >= 0)
			search_file(copies, copies->audit->places[i].xdg.walk.path, 0);
	}
}

static bool holds_arguments(const char *name)
{
	static const char *const names[] = { "ERL_OPTIONS", "ERL_AFLAGS", "ERL_FLAGS", "ERL_ZFLAGS" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* What the start script and the units come to, files that they include among it: the survey has read more than is here.
 */
static void search_settings(struct copies *copies)
{
	const struct ejg_survey *survey = copies->audit->survey;

	for (size_t i = 0; i < survey->n_settings && !copies->setcookie; i++) {
		const struct ejg_setting *setting = ejg_setting_get(survey, i);
		const struct search_hit hit = { .line = setting->origin.line, .computed = true };

		if (!holds_arguments(setting->name) || setting->state != EJG_SETTING_KNOWN ||
		    !strstr(setting->value, "-setcookie "))
			continue;
		copies->path = setting->origin.file;
		say_setcookie(copies, &hit);
	}
}

int judge_copies(struct audit *audit)
{
	struct copies copies = { .audit = audit };

	copies.seen = arena_array(audit->arena, MAX_FILES, sizeof(*copies.seen));
	if (!copies.seen)
		return -ENOMEM;
	if (audit->read && audit->vault->cookie.n >= MIN_COOKIE && !strength_is_known(&audit->vault->cookie))
		copies.cookie = &audit->vault->cookie;
	remember_cookie_files(&copies);
	search_configuration(&copies);
	search_units(&copies);
	search_all_releases(&copies);
	search_homes(&copies);
	search_settings(&copies);
	if (copies.more)
		audit_say(audit, "partly-searched", NULL, NULL,
			  "not everything was searched for the cookie: there are more than %d files, larger ones than "
			  "%d KiB, or "
			  "more findings than %d",
			  MAX_FILES, VAULT_BUFFER / 1024, MAX_FINDINGS);
	return 0;
}
