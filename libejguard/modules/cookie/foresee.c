/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Dry run: what an apply would do about the cookie, and which problems it would correct. */
#include "libejguard/modules/cookie/cookie.h"
#include "libejguard/util/cleanup.h"

static const char *const actions[] = {
	[COOKIE_FORESEE_CREATE] = "there is no cookie: a strong one would be written",
	[COOKIE_FORESEE_REPAIR] = "its owner and mode would be repaired",
	[COOKIE_FORESEE_ROTATE] = "would be replaced",
};

/* The finding with which apply would report a failed action. */
static const struct {
	const char *id, *text;
} refusals[] = {
	[COOKIE_FORESEE_CREATE] = { "not-created", "would not be written" },
	[COOKIE_FORESEE_REPAIR] = { "not-repaired", "would not be repaired" },
	[COOKIE_FORESEE_ROTATE] = { "not-rotated", "should be replaced, but would not be replaced" },
};

/* Plans an action; if it is forbidden, keeps the reason for the report. */
static bool plan_one(struct foreseen *ret, enum cookie_foresee what, const struct cookie_file *file,
		     const char *problem)
{
	ret->path = file->path;
	if (problem) {
		ret->refused = what;
		ret->problem = problem;
		return false;
	}
	ret->what = what;
	return true;
}

/* Same decisions as act() in apply.c. */
void foresee_apply(struct audit *audit, struct foreseen *ret)
{
	const struct cookie_config *config = audit->config;
	struct cookie_place *place = &audit->places.items[0];
	struct cookie_file *file = audit->places.n > 0 ? cookie_place_effective(place) : NULL;

	if (audit->places.n > 0 && !file && config->create && !audit->option)
		plan_one(ret, COOKIE_FORESEE_CREATE, &place->home, forbids_create(audit, &place->home));
	if (!file || file->error || file->walk.fd < 0)
		return;
	if (config->rotate == COOKIE_ROTATE_WEAK && audit->reasons &&
	    plan_one(ret, COOKIE_FORESEE_ROTATE, file, forbids_rotate(audit, file)))
		return;
	if (config->repair && audit->mendable)
		plan_one(ret, COOKIE_FORESEE_REPAIR, file, forbids_repair(audit, file));
}

void foresee_tell(struct audit *audit)
{
	const struct foreseen *foreseen = &audit->foreseen;
	const struct ejg_place place = { .file = foreseen->path };

	if (foreseen->problem)
		audit_say(audit, refusals[foreseen->refused].id, NULL, &place, "%s: %s",
			  refusals[foreseen->refused].text, foreseen->problem);
	if (foreseen->what != COOKIE_FORESEE_NOTHING)
		audit_say(audit, "would-change", NULL, &place, "%s", actions[foreseen->what]);
}
