/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The common start of check, which reports problems, and apply, which corrects them. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "libejguard/modules/cookie/cookie.h"

/* The findings that each action corrects. */
static const char *const mended_by[][14] = {
	[COOKIE_FORESEE_CREATE] = { "absent" },
	[COOKIE_FORESEE_REPAIR] = { "owner-root", "mode", "acl" },
	[COOKIE_FORESEE_ROTATE] = { "owner-root", "owner", "mode", "acl", "malformed", "generated", "short", "blank",
				    "leading-sign", "well-known", "placeholder", "weak", "capitals" },
};

/* True if the planned apply corrects the problem of a finding. */
static bool is_mended(const struct audit *audit, const char *id, const struct ejg_place *place)
{
	const struct foreseen *foreseen = &audit->foreseen;

	if (foreseen->what == COOKIE_FORESEE_NOTHING || !place || !place->file ||
	    strcmp(place->file, foreseen->path) != 0)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(mended_by[0]) && mended_by[foreseen->what][i]; i++)
		if (strcmp(mended_by[foreseen->what][i], id) == 0)
			return true;
	return false;
}

void audit_say(struct audit *audit, const char *id, const char *subject, const struct ejg_place *place,
	       const char *format, ...)
{
	cleanup_free char *message = NULL;
	enum ejg_severity severity;
	va_list ap;

	if (audit->quiet || is_mended(audit, id, place))
		return;
	va_start(ap, format);
	if (vasprintf(&message, format, ap) < 0)
		message = NULL;
	va_end(ap);
	severity = ejg_call_finding_at(audit->call, id, subject, place, "%s", message ? message : "out of memory");
	if (severity > audit->worst)
		audit->worst = severity;
}

const char *audit_file(struct audit *audit)
{
	struct cookie_file *file = audit->places.n ? cookie_place_effective(&audit->places.items[0]) : NULL;

	return file ? file->path : "the cookie file";
}

int audit_begin(struct ejg_call *call, bool quiet, struct audit *ret)
{
	struct cookie_state *state = ejg_call_state(call);
	struct audit audit = { .call = call, .config = ejg_call_config(call), .quiet = quiet };
	int r;

	if (!state->vault)
		state->vault = vault_new(sizeof(*state->vault));
	r = cookie_host_begin(call, state->vault ? &state->vault->vault : NULL, &audit.host);
	if (r < 0)
		return r;
	audit.vault = state->vault;
	*ret = audit;
	return 0;
}

void audit_end(struct audit *audit)
{
	cookie_places_end(&audit->places);
	cookie_host_end(&audit->host);
}
