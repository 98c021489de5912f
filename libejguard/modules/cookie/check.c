/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* check, and the checks of a stack before anything is changed. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "libejguard/modules/cookie/cookie.h"
#include "libejguard/modules/lib/cookie/form.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/file.h"
#include "libejguard/util/root.h"

static const char *whose(struct audit *audit, const struct cookie_place *place)
{
	return place->pid ? audit_text(audit, "a restart of the node with pid %d", (int)place->pid) : "the next start";
}

static void say_absent(struct audit *audit, const struct cookie_place *place)
{
	const struct access_path *walk = &place->home.walk;
	const struct access_step *last = walk->n_steps ? &walk->steps[walk->n_steps - 1] : NULL;
	const struct cookie_state *state = ejg_call_state(audit->call);
	const char *name = strrchr(place->home.path, '/') + 1;
	struct ejg_place here = { .file = place->home.path };

	if (state->not_created)
		audit->worst = EJG_FAILURE;
	if (last && last->next && strcmp(last->next, name) != 0) {
		here.remedy = advise_home(audit, place->home.path);
		audit_say(audit, "absent", NULL, &here,
			  "does not exist, and its folder does not exist either: %s would fail", whose(audit, place));
		return;
	}
	here.remedy = advise_create(audit, place->home.path);
	audit_say(audit, "absent", NULL, &here,
		  "does not exist: at %s Erlang would generate one that can be guessed (about 2^26 likely values)",
		  whose(audit, place));
}

/*
 * HOME's file is used; the other one is misleading, and if it has the same cookie, it is another copy to keep private.
 */
static void judge_second(struct audit *audit, const struct cookie_place *place)
{
	if (place->home.walk.fd < 0 || !place->xdg.path || place->xdg.error || place->xdg.walk.fd < 0)
		return;
	audit_say(audit, "two-files", NULL, &(struct ejg_place){ .file = place->xdg.path },
		  "is not read, because %s exists", place->home.path);
}

static void judge_place(struct audit *audit, size_t i)
{
	struct cookie_place *place = &audit->places.items[i];
	struct cookie_file *file = cookie_place_effective(place);
	struct cookie *cookie = i == 0 ? &audit->host.vault->cookie : &audit->host.vault->other;

	if (!file)
		return;
	judge_second(audit, place);
	if (!judge_file(audit, file, i == 0, cookie))
		return;
	audit->read |= i == 0;
	judge_value(audit, cookie, NULL, &(struct ejg_place){ .file = file->path }, i == 0);
}

/* Reports where the cookie is, if that is known. */
static void judge_places(struct audit *audit)
{
	const struct ejg_setting *home = ejg_survey_setting(audit->host.survey, "HOME");
	const struct cookie_place *first = &audit->places.items[0];

	if (audit->places.n == 0) {
		audit_say(audit, "place-unknown", audit->host.facts->service, NULL,
			  "it is not known where the cookie is%s%s, so it cannot be checked",
			  home && home->note ? ": " : "", home && home->note ? home->note : "");
		return;
	}
	if (!audit->config->file && !first->pid && home && home->state == EJG_SETTING_INDETERMINATE)
		audit_say(audit, geteuid() == 0 ? "place-unsure" : "unseen", NULL,
			  &(struct ejg_place){ .file = first->home.path },
			  "is the cookie file, unless a script sets another HOME: %s",
			  home->note ? home->note : "this cannot be determined without running it");
	for (size_t i = 1; i < audit->places.n; i++)
		audit_say(audit, "home-differs", NULL, &(struct ejg_place){ .file = audit->places.items[i].home.path },
			  "is the cookie file of the node with pid %d, but the next start will use %s",
			  (int)audit->places.items[i].pid, first->home.path);
}

/* mix keeps a cookie in the release, which its script passes to the node: Erlang then makes none. NULL: none. */
static const char *release_cookie(struct audit *audit)
{
	const char *release = ejg_survey_value(audit->host.survey, "release");
	const char *path = release ? audit_text(audit, "%s/releases/COOKIE", release) : NULL;
	cleanup_fd int fd = path ? root_open(audit->host.facts->root, path, O_PATH) : -1;

	return fd >= 0 ? path : NULL;
}

/* Judges its value only: the module files judges who can read it, and the script strips a line break. */
static void judge_release(struct audit *audit, const char *path)
{
	const char *kind = ejg_survey_value(audit->host.survey, "name-kind");
	const struct ejg_place place = { .file = path,
					 .remedy = "write another value there (run: openssl rand -hex 32), the same on "
						   "every node of a cluster, then restart the service" };
	struct cookie *value = &audit->host.vault->other;
	char *buffer = audit->host.vault->buffer;
	cleanup_fd int fd = -1;
	ssize_t n;

	if (kind && strcmp(kind, "none") == 0) {
		audit_say(audit, "unused", NULL, &place,
			  "is not used: the node is started without a name (RELEASE_DISTRIBUTION=none), so it has no "
			  "distribution, unless its code starts one");
		return;
	}
	fd = root_open_regular(audit->host.facts->root, path);
	n = fd < 0 ? -errno : file_read_some(fd, buffer, VAULT_BUFFER);
	if (n < 0) {
		audit_say(audit, "unseen", NULL, &place, "cannot be read: %s", strerror((int)-n));
		return;
	}
	for (size_t length = (size_t)n; length > 0 && strchr("\r\n", buffer[length - 1]); length = (size_t)n)
		n--;
	judge_given(audit, cookie_argument(buffer, (size_t)n, value), value, NULL, &place);
	explicit_bzero(buffer, VAULT_BUFFER);
}

/* The cookie of a user whom another one could have written into the configuration is that user's secret. */
static void tell_user(struct audit *audit)
{
	const struct access_service *service = &audit->host.service;
	const struct ejg_setting *doubted = service->doubted;

	if (doubted)
		audit_say(audit, "user-changeable", doubted->value,
			  &(struct ejg_place){ .file = doubted->origin.file, .line = doubted->origin.line },
			  "does not count as the service's user%s%s: this file can be changed by %s",
			  service->known ? ", but " : "", service->known ? service->user : "", service->doubt);
}

int audit_look(struct audit *audit)
{
	const char *released = release_cookie(audit);
	int r;

	tell_user(audit);
	cookie_places_find(&audit->host, audit->config->file, &audit->places);
	judge_places(audit);
	for (size_t i = 0; i < audit->places.n; i++)
		judge_place(audit, i);
	judge_nodes(audit);
	r = judge_options(audit, released != NULL);
	if (released && !audit->option)
		judge_release(audit, released);
	/* A node with a cookie in its options neither reads nor makes a file. */
	for (size_t i = 0; i < audit->places.n && !audit->option && !audit->argument && (!released || audit->ignored);
	     i++)
		if (!cookie_place_effective(&audit->places.items[i]))
			say_absent(audit, &audit->places.items[i]);
	if (r == 0 && ejg_call_cancelled(audit->call))
		r = -ECANCELED;
	return r == 0 && arena_failed(audit->host.arena) ? -ENOMEM : r;
}

/* For a dry run: plans an apply first. */
static int foresee(struct audit *audit)
{
	struct audit quiet = *audit;
	int r;

	quiet.quiet = true;
	r = audit_look(&quiet);
	if (r == 0)
		foresee_apply(&quiet, &audit->foreseen);
	/* Both audits share the data of the host: end only the places of the first. */
	cookie_places_end(&quiet.places);
	return r;
}

int cookie_check(struct ejg_call *call)
{
	struct audit audit;
	int r = audit_begin(call, false, &audit);

	if (r < 0)
		return ejg_call_error(call, r, NULL, "cannot look at the cookie: %s", strerror(-r));
	if (ejg_call_trial(call) && ejg_call_mode(call) == EJG_ENFORCE)
		r = foresee(&audit);
	if (r == 0)
		r = audit_look(&audit);
	if (r == 0)
		foresee_tell(&audit);
	if (r == 0 && audit.read && audit.worst < EJG_WARNING)
		audit_say(&audit, "sound", NULL, &(struct ejg_place){ .file = audit_file(&audit) },
			  "is strong, and only the service can read it");
	if (r == 0 && audit.worst == EJG_FAILURE)
		r = EJG_NOT_HELD;
	else if (r == 0)
		r = audit.blind && !audit.judged ? EJG_NOT_APPLICABLE : EJG_HELD;
	audit_end(&audit);
	return r;
}

/* Checks only errors that are certain: the service's own user may repair its file too. */
int cookie_prepare(struct ejg_call *call)
{
	const struct cookie_config *config = ejg_call_config(call);
	struct audit audit;
	int r;

	if (ejg_call_mode(call) != EJG_ENFORCE || geteuid() == 0 ||
	    !(config->create || config->repair || config->rotate != COOKIE_ROTATE_NO))
		return 0;
	r = audit_begin(call, true, &audit);
	if (r < 0)
		return ejg_call_error(call, r, NULL, "cannot look at the cookie: %s", strerror(-r));
	if (!audit.host.service.known || audit.host.service.uid != geteuid())
		r = ejg_call_error(call, -EPERM, "run it as root, or remove create=, repair= and rotate=",
				   "the cookie belongs to another user: it cannot be repaired");
	audit_end(&audit);
	return r;
}

/*
 * Created, repaired or replaced files stay: the old file was readable for others, or the node would have made a weaker
 * cookie. So `ejguard release` has nothing to undo for this module.
 */
int cookie_release(struct ejg_call *call, enum ejg_release_scope scope)
{
	const struct cookie_state *state = ejg_call_state(call);

	return scope == EJG_RELEASE_RUN && state->changed ? EJG_NOT_APPLICABLE : 0;
}
