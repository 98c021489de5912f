/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One look at everything: the same for check, which says what it sees, and for apply, which mends it. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "libejguard/modules/cookie/cookie.h"

static void add_finding(struct audit *audit, const char *id, const char *subject, const struct ejg_place *place,
			const char *format, va_list ap) __attribute__((format(printf, 5, 0)));

static void add_finding(struct audit *audit, const char *id, const char *subject, const struct ejg_place *place,
			const char *format, va_list ap)
{
	enum ejg_severity severity = cookie_severity(id);
	struct ejg_place where = *place;
	cleanup_free char *message = NULL;

	audit->failed |= severity == EJG_FAILURE;
	audit->advised |= severity == EJG_WARNING;
	if (audit->quiet)
		return;
	if (vasprintf(&message, format, ap) < 0)
		message = NULL;
	/* What it is about is a file, or a process: "pid 17". */
	if (subject && *subject == '/') {
		where.file = where.file ? where.file : subject;
		subject = NULL;
	}
	ejg_call_finding_at(audit->call, id, subject, &where, "%s", message ? message : "out of memory");
}

void audit_say(struct audit *audit, const char *id, const char *subject, const char *remedy, const char *format, ...)
{
	struct ejg_place place = { .remedy = remedy };
	va_list ap;

	va_start(ap, format);
	add_finding(audit, id, subject, &place, format, ap);
	va_end(ap);
}

void audit_say_at(struct audit *audit, const char *id, const char *subject, const struct ejg_place *place,
		  const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	add_finding(audit, id, subject, place, format, ap);
	va_end(ap);
}

const char *audit_text(struct audit *audit, const char *format, ...)
{
	const char *text;
	va_list ap;

	va_start(ap, format);
	text = arena_vprintf(audit->arena, format, ap);
	va_end(ap);
	return text ? text : "";
}

int audit_begin(struct ejg_call *call, bool quiet, struct audit *ret)
{
	struct cookie_state *state = ejg_call_state(call);
	struct audit audit = {
		.call = call,
		.config = ejg_call_config(call),
		.facts = ejg_call_facts(call),
		.survey = ejg_call_survey(call),
		.arena = arena_new(),
		.quiet = quiet,
	};
	int r;

	if (!state->vault)
		state->vault = vault_new();
	audit.vault = state->vault;
	if (!audit.survey || !audit.arena || !audit.vault)
		r = -ENOMEM;
	else
		r = access_service_find(audit.arena, audit.facts, audit.survey, NULL, &audit.service);
	if (r < 0) {
		arena_free(audit.arena);
		return r;
	}
	*ret = audit;
	return 0;
}

void audit_end(struct audit *audit)
{
	places_close(audit);
	audit->arena = arena_free(audit->arena);
	vault_wipe(audit->vault);
}

static void say_absent(struct audit *audit, struct cookie_place *place)
{
	const struct access_step *last =
		place->home.walk.n_steps ? &place->home.walk.steps[place->home.walk.n_steps - 1] : NULL;
	const char *name = strrchr(place->home.path, '/') + 1;
	const struct cookie_state *state = ejg_call_state(audit->call);

	audit->failed |= state->not_created;
	if (last && last->next && strcmp(last->next, name) != 0) {
		audit_say(audit, "absent", place->home.path, advise_home(audit, place->home.path),
			  "does not exist, and neither does its folder: %s would fail", place->whose);
		return;
	}
	audit_say(audit, "absent", place->home.path, advise_create(audit, place->home.path),
		  "does not exist: at %s Erlang would generate a cookie, which is one of about 2^26", place->whose);
}

/* HOME's file counts; the other one misleads, and when it is the same cookie it is one more place to hold private. */
static void judge_second(struct audit *audit, struct cookie_place *place)
{
	if (place->home.walk.fd < 0 || !place->xdg.path || place->xdg.error || place->xdg.walk.fd < 0)
		return;
	audit_say(audit, "two-files", place->xdg.path, NULL, "is not read, because %s exists", place->home.path);
}

static void judge_place(struct audit *audit, size_t i)
{
	struct cookie_place *place = &audit->places[i];
	struct cookie_file *file = place_effective(place);
	struct cookie *cookie = i == 0 ? &audit->vault->cookie : &audit->vault->other;

	if (!file) {
		say_absent(audit, place);
		return;
	}
	judge_second(audit, place);
	if (!judge_file(audit, file, i == 0, cookie))
		return;
	audit->read |= i == 0;
	judge_value(audit, cookie, file->path, i == 0);
}

int audit_look(struct audit *audit)
{
	int r = places_find(audit);

	for (size_t i = 0; r == 0 && i < audit->n_places; i++)
		judge_place(audit, i);
	if (r == 0)
		judge_nodes(audit);
	if (r == 0)
		r = judge_copies(audit);
	if (r == 0)
		r = judge_logs(audit);
	if (r == 0 && ejg_call_cancelled(audit->call))
		r = -ECANCELED;
	return r == 0 && arena_failed(audit->arena) ? -ENOMEM : r;
}
