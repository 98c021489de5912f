/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copies of the cookie in other files. A finding has file and line, never the value. */
#include <errno.h>
#include <string.h>

#include "libejguard/modules/leaks/leaks.h"
#include "libejguard/modules/lib/cookie/search.h"
#include "libejguard/modules/lib/cookie/texts.h"
#include "libejguard/util/passwd.h"

enum {
	MAX_FINDINGS = 20, /* then a finding says that there are more */
	MAX_HOMES = 1024,
};

struct copies {
	struct hunt *hunt;
	struct texts texts;
	const struct text *text; /* the text that is searched */
	uint32_t line;		 /* of its first copy */
	size_t n_findings;
	size_t n_homes;
};

/* The module cookie reports options that set the cookie: they show it to all users, in any file. */
static void take_hit(void *data, const struct search_hit *hit)
{
	struct copies *copies = data;

	if (hit->kind == SEARCH_VALUE && !copies->line)
		copies->line = hit->line;
}

static void look_at_text(void *data, const struct text *text)
{
	struct copies *copies = data;

	copies->hunt->n_files++;
	copies->line = 0;
	search_text(text->bytes, text->n, &copies->hunt->vault->vault.cookie, text->arguments, text->keys, take_hit,
		    copies);
	if (copies->line && copies->n_findings++ < MAX_FINDINGS)
		hunt_say_copy(copies->hunt, text->path, text->file, copies->line);
}

/* The cookie file itself is no copy; but a second cookie file that Erlang does not read is one. */
static void pass_cookie_files(struct copies *copies)
{
	struct cookie_places *places = &copies->hunt->places;

	for (size_t i = 0; i < places->n; i++) {
		const struct cookie_file *file = cookie_place_effective(&places->items[i]);

		if (file && file->walk.fd >= 0)
			(void)texts_skip(&copies->texts, &file->walk.access);
	}
	for (size_t i = 0; i < places->n; i++)
		if (places->items[i].xdg.path && places->items[i].xdg.walk.fd >= 0)
			texts_file(&copies->texts, places->items[i].xdg.walk.path, 0);
}

static void search_setting(struct copies *copies, const char *name)
{
	const char *path = ejg_survey_value(copies->hunt->host.survey, name);

	if (path && *path == '/')
		texts_file(&copies->texts, path, TEXT_FOLLOW);
}

static void search_configuration(struct copies *copies)
{
	const struct cookie_host *host = &copies->hunt->host;
	const char *folder = ejg_survey_value(host->survey, "CONFIG_DIR");

	search_setting(copies, "EJABBERD_CONFIG_PATH");
	search_setting(copies, "ERL_INETRC");
	if (!folder)
		folder = host->facts->config_dir;
	if (folder && *folder == '/')
		texts_folder(&copies->texts, folder, "*", 0, 3);
}

/* Searches backup files of editors and people near the cookie. */
static void search_beside(struct copies *copies)
{
	const struct cookie_host *host = &copies->hunt->host;

	for (size_t i = 0; i < copies->hunt->places.n; i++)
		texts_folder(&copies->texts, texts_home(host, &copies->hunt->places.items[i]), "*cookie*", 0, 0);
}

/* Users who call the node by erl or a tool have the cookie in their home, or write it into a command. */
static int search_home(void *data, const struct passwd_user *user)
{
	static const char *const files[] = { ".erlang.cookie", ".config/erlang/.erlang.cookie", ".bash_history",
					     ".zsh_history" };
	struct copies *copies = data;

	if (copies->n_homes++ == MAX_HOMES) {
		copies->texts.more = true;
		return 1;
	}
	for (size_t i = 0; user->home[0] == '/' && user->home[1] && i < ARRAY_SIZE(files); i++)
		texts_file(&copies->texts, cookie_text(&copies->hunt->host, "%s/%s", user->home, files[i]), 0);
	return 0;
}

/* Commands and variables of others: a monitoring, a backup, a unit beside the service. */
static void search_system(struct copies *copies)
{
	static const char *const files[] = { "/etc/crontab", "/etc/environment" };
	static const char *const folders[] = { "/etc/cron.d", "/etc/default", "/etc/profile.d", "/etc/sysconfig",
					       "/etc/systemd/system" };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		texts_file(&copies->texts, files[i], 0);
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		texts_folder(&copies->texts, folders[i], "*", 0, 1);
}

int hunt_copies(struct hunt *hunt)
{
	struct copies copies = { .hunt = hunt };
	int r = texts_begin(&hunt->host, look_at_text, &copies, &copies.texts);

	if (r < 0)
		return r;
	pass_cookie_files(&copies);
	texts_sources(&copies.texts, &hunt->places);
	search_configuration(&copies);
	texts_releases(&copies.texts, &hunt->places, "*.config*", 0);
	texts_releases(&copies.texts, &hunt->places, "COOKIE*", 0);
	search_beside(&copies);
	r = passwd_each_user(hunt->host.facts->root, search_home, &copies);
	search_system(&copies);
	if (copies.texts.more || copies.n_findings > MAX_FINDINGS)
		hunt_say(hunt, "partly-searched", NULL, 0,
			 "not everything was searched: there are more than %d files, more than %d entries of folders, "
			 "larger files than %d KiB, or more findings than %d",
			 TEXTS_MAX_FILES, TEXTS_MAX_ENTRIES, VAULT_BUFFER / 1024, MAX_FINDINGS);
	hunt->n_unread += copies.texts.n_unread;
	return r == -ENOMEM ? r : 0;
}
