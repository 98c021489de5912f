/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where nodes look for their cookie: read_cookie/0 of OTP's lib/kernel/src/auth.erl. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libejguard/modules/cookie/cookie.h"
#include "libejguard/util/passwd.h"

static void look_at(struct audit *audit, const char *path, struct cookie_file *ret)
{
	struct access_path itself = ACCESS_PATH_NULL;
	const char *problem = NULL;

	*ret = (struct cookie_file){ .path = path, .walk = ACCESS_PATH_NULL };
	ret->error = access_walk(audit->arena, NULL, path, ACCESS_FOLLOW, &audit->service.trust, &ret->walk, &ret->problem);
	if (access_walk(audit->arena, NULL, path, 0, &audit->service.trust, &itself, &problem) == 0 && itself.fd >= 0)
		ret->link = S_ISLNK(itself.access.mode);
	access_path_end(&itself);
}

/* OTP looks there since release 25; when nothing says which it is, it is taken to do so. */
static bool looks_at_xdg(const struct audit *audit)
{
	const char *otp = ejg_survey_value(audit->survey, "otp");

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

/* A home can have several names. Where HOME has the same file the second one does not matter. */
static bool same_place(const struct cookie_place *a, const struct cookie_place *b)
{
	return same_file(&a->home, &b->home) && (a->home.walk.fd >= 0 || same_file(&a->xdg, &b->xdg));
}

static const char *without_slash(struct audit *audit, const char *folder)
{
	size_t n = strlen(folder);

	while (n > 0 && folder[n - 1] == '/')
		n--;
	return audit_text(audit, "%.*s", (int)n, folder);
}

static void close_place(struct cookie_place *place)
{
	access_path_end(&place->home.walk);
	access_path_end(&place->xdg.walk);
}

/* home and config (XDG_CONFIG_HOME, or NULL) are what the environment of the node says. NULL: known already. */
static struct cookie_place *add_place(struct audit *audit, const char *whose, const char *home, const char *config)
{
	struct cookie_place place = { .whose = whose, .xdg.walk = ACCESS_PATH_NULL };
	const char *folder = without_slash(audit, home);

	if (audit->n_places == COOKIE_PLACES_MAX)
		return NULL;
	look_at(audit, audit_text(audit, "%s/.erlang.cookie", folder), &place.home);
	/* basedir_linux/1 of OTP's lib/stdlib/src/filename.erl: an empty variable is none. */
	config = config && *config ? config : audit_text(audit, "%s/.config", folder);
	if (looks_at_xdg(audit) && *config == '/')
		look_at(audit, audit_text(audit, "%s/erlang/.erlang.cookie", without_slash(audit, config)), &place.xdg);
	for (size_t i = 0; i < audit->n_places; i++) {
		if (same_place(&audit->places[i], &place)) {
			close_place(&place);
			return NULL;
		}
	}
	audit->places[audit->n_places] = place;
	return &audit->places[audit->n_places++];
}

static void add_option(struct audit *audit)
{
	struct cookie_place *place = &audit->places[audit->n_places++];

	*place = (struct cookie_place){ .whose = "the next start", .xdg.walk = ACCESS_PATH_NULL };
	look_at(audit, audit->config->file, &place->home);
}

static const char *home_of_user(struct audit *audit)
{
	cleanup_passwd_user struct passwd_user user = { 0 };

	if (!audit->service.known || passwd_user_by_id(NULL, audit->service.uid, &user) < 0)
		return NULL;
	return *user.home == '/' ? arena_strdup(audit->arena, user.home) : NULL;
}

static void add_settings(struct audit *audit)
{
	const struct ejg_setting *home = ejg_survey_setting(audit->survey, "HOME");
	const char *value = home && home->state == EJG_SETTING_KNOWN ? home->value : home_of_user(audit);

	if (!value || *value != '/')
		return;
	add_place(audit, "the next start", value, ejg_survey_value(audit->survey, "XDG_CONFIG_HOME"));
	if (home && home->state == EJG_SETTING_INDETERMINATE)
		audit_say(audit, geteuid() == 0 ? "place-unsure" : "unseen", audit->places[0].home.path, NULL,
			  "is where the cookie is unless a script sets another HOME: %s",
			  home->note ? home->note : "that cannot be told without running it");
}

bool is_own_process(const struct audit *audit, const struct ejg_process *process)
{
	if (process->role == EJG_PROCESS_EPMD)
		return false;
	return process->in_service || (audit->service.known && process->uid == audit->service.uid);
}

static const char *variable(const struct ejg_process *process, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < process->n_environment; i++)
		if (strncmp(process->environment[i], name, n) == 0 && process->environment[i][n] == '=')
			return process->environment[i] + n + 1;
	return NULL;
}

/* erlexec hands HOME on as an argument, which everybody may see: -home /var/lib/ejabberd. */
static const char *home_of_process(const struct ejg_process *process)
{
	for (size_t i = 0; i + 1 < process->n_arguments; i++)
		if (strcmp(process->arguments[i], "-home") == 0)
			return process->arguments[i + 1];
	return variable(process, "HOME");
}

static void add_nodes(struct audit *audit)
{
	for (size_t i = 0; i < audit->survey->n_processes; i++) {
		const struct ejg_process *process = ejg_process_get(audit->survey, i);
		const char *home = home_of_process(process), *config;
		struct cookie_place *place;

		/* A container's paths mean nothing here. */
		if (process->role != EJG_PROCESS_NODE || !is_own_process(audit, process) || process->other_network ||
		    !home || *home != '/')
			continue;
		/* An environment that may not be read is taken to be that of the next start. */
		config = process->environment ? variable(process, "XDG_CONFIG_HOME")
					      : ejg_survey_value(audit->survey, "XDG_CONFIG_HOME");
		place = add_place(audit, audit_text(audit, "a restart of the node with pid %d", (int)process->pid),
				  home, config);
		if (!place)
			continue;
		place->pid = process->pid;
		if (place != audit->places)
			audit_say(audit, "home-differs", place->home.path, NULL,
				  "is where the node with pid %d looks for its cookie; the next start will look at %s",
				  (int)process->pid, audit->places[0].home.path);
	}
}

int places_find(struct audit *audit)
{
	const struct ejg_setting *home = ejg_survey_setting(audit->survey, "HOME");

	if (audit->config->file) {
		add_option(audit);
		return 0;
	}
	add_settings(audit);
	add_nodes(audit);
	if (audit->n_places == 0)
		audit_say(audit, "place-unknown", audit->facts->service, NULL,
			  "nothing says where its cookie is%s%s: nobody can tell whether it is safe",
			  home && home->note ? ": " : "", home && home->note ? home->note : "");
	return 0;
}

void places_close(struct audit *audit)
{
	for (size_t i = 0; i < audit->n_places; i++)
		close_place(&audit->places[i]);
	audit->n_places = 0;
}

struct cookie_file *place_effective(struct cookie_place *place)
{
	if (place->home.walk.fd >= 0 || place->home.error)
		return &place->home;
	if (place->xdg.path && (place->xdg.walk.fd >= 0 || place->xdg.error))
		return &place->xdg;
	return NULL;
}

const char *running_node(struct audit *audit)
{
	const struct ejg_survey *survey = audit->survey;

	for (size_t i = 0; i < survey->n_processes; i++) {
		const struct ejg_process *process = ejg_process_get(survey, i);

		if (is_own_process(audit, process))
			return audit_text(audit, "%s runs with it (pid %d)",
					  process->role == EJG_PROCESS_NODE ? "a node" : "a tool of the node",
					  (int)process->pid);
	}
	return NULL;
}

/* epmd knows it, or something was not seen: a node in another pid namespace that shares the home, for one. */
const char *unseen_node(struct audit *audit)
{
	const struct ejg_survey *survey = audit->survey;
	const char *node = ejg_survey_value(survey, "ERLANG_NODE");
	size_t n = node ? strcspn(node, "@") : 0;

	for (size_t i = 0; node && i < survey->n_epmd_names; i++)
		if (strlen(ejg_epmd_name_get(survey, i)->name) == n &&
		    strncmp(ejg_epmd_name_get(survey, i)->name, node, n) == 0)
			return audit_text(audit, "epmd knows a running node %.*s", (int)n, node);
	return survey->n_unseen ? audit_text(audit, "a node may run unseen: %s", survey->unseen[0]) : NULL;
}
