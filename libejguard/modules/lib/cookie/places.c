/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files of cookies, in the order of read_cookie/0 of OTP's lib/kernel/src/auth.erl. */
#include "libejguard/modules/lib/cookie/places.h"

#include <stdlib.h>
#include <string.h>

#include "libejguard/util/file.h"
#include "libejguard/util/passwd.h"

static void look_at(const struct cookie_host *host, const char *path, struct cookie_file *ret)
{
	struct access_path itself = ACCESS_PATH_NULL;
	const char *problem = NULL;

	*ret = (struct cookie_file){ .path = path, .walk = ACCESS_PATH_NULL };
	ret->error = access_walk(host->arena, host->facts->root, path, ACCESS_FOLLOW, &host->service.trust, &ret->walk,
				 &ret->problem);
	if (access_walk(host->arena, host->facts->root, path, 0, &host->service.trust, &itself, &problem) == 0 &&
	    itself.fd >= 0)
		ret->link = S_ISLNK(itself.access.mode);
	access_path_end(&itself);
}

/* OTP reads this file since release 25; an unknown release is assumed to do so. */
static bool looks_at_xdg(const struct cookie_host *host)
{
	const char *otp = ejg_survey_value(host->survey, "otp");

	return !otp || atoi(otp) == 0 || atoi(otp) >= 25;
}

static bool same_path(const char *a, const char *b)
{
	return (!a && !b) || (a && b && strcmp(a, b) == 0);
}

static bool same_file(const struct cookie_file *a, const struct cookie_file *b)
{
	return same_path(a->path, b->path) ||
	       (a->walk.fd >= 0 && b->walk.fd >= 0 && a->walk.access.device == b->walk.access.device &&
		a->walk.access.inode == b->walk.access.inode);
}

/* A home can have several names. If HOME has the same file, the second file does not matter. */
static bool same_place(const struct cookie_place *a, const struct cookie_place *b)
{
	return same_file(&a->home, &b->home) && (a->home.walk.fd >= 0 || same_file(&a->xdg, &b->xdg));
}

static const char *without_slash(const struct cookie_host *host, const char *folder)
{
	size_t n = strlen(folder);

	while (n > 0 && folder[n - 1] == '/')
		n--;
	return cookie_text(host, "%.*s", (int)n, folder);
}

static void close_place(struct cookie_place *place)
{
	access_path_end(&place->home.walk);
	access_path_end(&place->xdg.walk);
}

/* home and config (XDG_CONFIG_HOME, or NULL) come from the node's environment. NULL: already in the list. */
static struct cookie_place *add_place(const struct cookie_host *host, struct cookie_places *places, const char *home,
				      const char *config)
{
	struct cookie_place place = { .xdg.walk = ACCESS_PATH_NULL };
	const char *folder = without_slash(host, home);

	if (places->n == COOKIE_PLACES_MAX)
		return NULL;
	look_at(host, cookie_text(host, "%s/.erlang.cookie", folder), &place.home);
	/* basedir_linux/1 of OTP's lib/stdlib/src/filename.erl: an empty variable counts as unset. */
	config = config && *config ? config : cookie_text(host, "%s/.config", folder);
	if (looks_at_xdg(host) && *config == '/')
		look_at(host, cookie_text(host, "%s/erlang/.erlang.cookie", without_slash(host, config)), &place.xdg);
	for (size_t i = 0; i < places->n; i++) {
		if (same_place(&places->items[i], &place)) {
			close_place(&place);
			return NULL;
		}
	}
	places->items[places->n] = place;
	return &places->items[places->n++];
}

static const char *home_of_user(const struct cookie_host *host)
{
	cleanup_passwd_user struct passwd_user user = { 0 };

	if (!host->service.known || passwd_user_by_id(host->facts->root, host->service.uid, &user) < 0)
		return NULL;
	return *user.home == '/' ? arena_strdup(host->arena, user.home) : NULL;
}

static void add_settings(const struct cookie_host *host, struct cookie_places *places)
{
	const struct ejg_setting *home = ejg_survey_setting(host->survey, "HOME");
	const char *value = home && home->state == EJG_SETTING_KNOWN ? home->value : home_of_user(host);

	if (value && *value == '/')
		add_place(host, places, value, ejg_survey_value(host->survey, "XDG_CONFIG_HOME"));
}

static const char *variable(const struct ejg_process *process, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < process->n_environment; i++)
		if (strncmp(process->environment[i], name, n) == 0 && process->environment[i][n] == '=')
			return process->environment[i] + n + 1;
	return NULL;
}

/* erlexec passes HOME as an argument, which every user can see: -home /var/lib/ejabberd. */
static const char *home_of_process(const struct ejg_process *process)
{
	for (size_t i = 0; i + 1 < process->n_arguments; i++)
		if (strcmp(process->arguments[i], "-home") == 0)
			return process->arguments[i + 1];
	return variable(process, "HOME");
}

static void add_nodes(const struct cookie_host *host, struct cookie_places *places)
{
	for (size_t i = 0; i < host->survey->n_processes; i++) {
		const struct ejg_process *process = ejg_process_get(host->survey, i);
		const char *home = home_of_process(process), *config;
		struct cookie_place *place;

		/* The paths of a container are not paths of this host. */
		if (process->role != EJG_PROCESS_NODE || !cookie_is_own(process) || process->other_network || !home ||
		    *home != '/')
			continue;
		/* If the environment cannot be read, it is assumed to be that of the next start. */
		config = process->environment ? variable(process, "XDG_CONFIG_HOME")
					      : ejg_survey_value(host->survey, "XDG_CONFIG_HOME");
		place = add_place(host, places, home, config);
		if (place)
			place->pid = process->pid;
	}
}

void cookie_places_find(const struct cookie_host *host, const char *file, struct cookie_places *ret)
{
	struct cookie_place *given = &ret->items[0];

	ret->n = 0;
	if (file) {
		*given = (struct cookie_place){ .xdg.walk = ACCESS_PATH_NULL };
		look_at(host, file, &given->home);
		ret->n = 1;
		return;
	}
	add_settings(host, ret);
	add_nodes(host, ret);
}

void cookie_places_end(struct cookie_places *places)
{
	for (size_t i = 0; i < places->n; i++)
		close_place(&places->items[i]);
	places->n = 0;
}

struct cookie_file *cookie_place_effective(struct cookie_place *place)
{
	if (place->home.walk.fd >= 0 || place->home.error)
		return &place->home;
	if (place->xdg.path && (place->xdg.walk.fd >= 0 || place->xdg.error))
		return &place->xdg;
	return NULL;
}

int cookie_file_read(const struct cookie_host *host, const struct cookie_file *file, struct cookie *ret,
		     enum cookie_form *ret_form)
{
	char *buffer = host->vault->buffer;
	cleanup_fd int fd = file_reopen(file->walk.fd);
	ssize_t n = fd < 0 ? fd : file_read_some(fd, buffer, VAULT_BUFFER);

	if (n < 0)
		return (int)n;
	*ret_form = n == VAULT_BUFFER ? COOKIE_FORM_LONG : cookie_read(buffer, (size_t)n, ret);
	explicit_bzero(buffer, (size_t)n);
	return 0;
}
