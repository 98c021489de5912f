/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>

#include "libejguard/modules/leaks/leaks.h"
#include "libejguard/modules/lib/cookie/strength.h"

static int hunt_begin(struct ejg_call *call, struct hunt *ret)
{
	const struct leaks_config *config = ejg_call_config(call);
	struct leaks_state *state = ejg_call_state(call);
	struct hunt hunt = { .call = call };
	int r;

	if (!state->vault)
		state->vault = vault_new(sizeof(*state->vault));
	r = cookie_host_begin(call, state->vault ? &state->vault->vault : NULL, &hunt.host);
	if (r < 0)
		return r;
	hunt.vault = state->vault;
	cookie_places_find(&hunt.host, config->file, &hunt.places);
	*ret = hunt;
	return 0;
}

static void hunt_end(struct hunt *hunt)
{
	cookie_places_end(&hunt->places);
	cookie_host_end(&hunt->host);
}

/* Reads the cookie to search for. Return: 1; 0 when there is none, which was reported; a negative errno on failure. */
static int read_cookie(struct hunt *hunt)
{
	struct cookie *cookie = &hunt->vault->vault.cookie;
	struct cookie_file *file = hunt->places.n ? cookie_place_effective(&hunt->places.items[0]) : NULL;
	enum cookie_form form = COOKIE_FORM_EMPTY;
	int r;

	if (!file || (!file->error && !S_ISREG(file->walk.access.mode))) {
		hunt_say(hunt, "no-cookie", hunt->places.n ? hunt->places.items[0].home.path : NULL, 0,
			 "there is no cookie to search for");
		return 0;
	}
	r = file->error ? file->error : cookie_file_read(&hunt->host, file, cookie, &form);
	if (r < 0) {
		hunt_say(hunt, "unseen", file->path, 0,
			 "the cookie cannot be read (%s), so nothing was searched for it; run it as root",
			 strerror(-r));
		return r;
	}
	if (form == COOKIE_FORM_GOOD && cookie->n >= COOKIE_WORD && !strength_is_known(cookie))
		return 1;
	hunt_say(hunt, "no-cookie", file->path, 0,
		 "a cookie that is malformed, well-known or shorter than %d characters is not searched for: it would "
		 "be found everywhere as an ordinary word",
		 COOKIE_WORD);
	return 0;
}

static int search(struct hunt *hunt)
{
	const struct cookie *cookie = &hunt->vault->vault.cookie;
	int r;

	hunt->guessable = strength_is_placeholder(cookie) || cookie_is_generated(&hunt->host, cookie) ||
			  cookie_bits(&hunt->host, cookie) < STRENGTH_SHORT;
	r = hunt_copies(hunt);
	if (r == 0)
		hunt_logs(hunt);
	if (hunt->n_unread)
		hunt_say(hunt, "unseen", NULL, 0, "%zu files and folders could not be read, so they were not searched",
			 hunt->n_unread);
	if (hunt->worst < EJG_WARNING)
		hunt_say(
			hunt, "none", NULL, 0,
			"the cookie was not found in the %zu files that were searched: configuration, units, releases, "
			"cookie files and shell histories in homes, logs; other files were not searched",
			hunt->n_files);
	return r;
}

int leaks_check(struct ejg_call *call)
{
	struct hunt hunt;
	int r = hunt_begin(call, &hunt);

	if (r < 0)
		return ejg_call_error(call, r, NULL, "cannot look for the cookie: %s", strerror(-r));
	r = read_cookie(&hunt);
	if (r == 1) {
		r = search(&hunt);
		if (r == 0 && ejg_call_cancelled(call))
			r = -ECANCELED;
		else if (r == 0)
			r = hunt.worst == EJG_FAILURE ? EJG_NOT_HELD : EJG_HELD;
	} else {
		r = EJG_NOT_APPLICABLE;
	}
	if (arena_failed(hunt.host.arena))
		r = -ENOMEM;
	hunt_end(&hunt);
	return r;
}
