/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* check, and what a stack is told before anything is touched. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "libejguard/modules/cookie/cookie.h"

int cookie_check(struct ejg_call *call)
{
	struct audit audit;
	int r = audit_begin(call, false, &audit);

	if (r < 0)
		return ejg_call_error(call, r, NULL, "cannot look at the cookie: %s", strerror(-r));
	r = audit_look(&audit);
	if (r == 0 && audit.read && !audit.failed && !audit.advised)
		audit_say(&audit, "sound", place_effective(&audit.places[0])->path, NULL,
			  "is strong and private, and the cookie stands nowhere else");
	if (r == 0)
		r = audit.failed ? EJG_NOT_HELD : audit.blind && !audit.judged ? EJG_NOT_APPLICABLE : EJG_HELD;
	audit_end(&audit);
	return r;
}

/* Only what is certain to fail: the service's own user may mend his file, too. */
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
	if (!audit.service.known || audit.service.uid != geteuid())
		r = ejg_call_error(call, -EPERM, "run it as root, or leave out create=, repair= and rotate=",
				   "the cookie is not this user's: nothing can be mended");
	audit_end(&audit);
	return r;
}

/*
 * What was created, mended or replaced stays: the file of before let others in, or the node's generator would have made
 * a worse one. So there is nothing of this module for `ejguard release` to undo.
 */
int cookie_release(struct ejg_call *call, enum ejg_release_scope scope)
{
	const struct cookie_state *state = ejg_call_state(call);

	return scope == EJG_RELEASE_RUN && state->changed ? EJG_NOT_APPLICABLE : 0;
}
