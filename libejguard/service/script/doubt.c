/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/service/script/doubt.h"

#include <string.h>

const char *const settings_names[] = {
	SETTING_NAMES,
	/* variables that become arguments of erl, or that decide who runs it */
	"POLL",
	"ERL_PROCESSES",
	"EJABBERD_OPTS",
	"MNESIA_OPTIONS",
	"ERL_AFLAGS",
	"ERL_FLAGS",
	"ERL_ZFLAGS",
	"INSTALLUSER",
	"ETC_DIR",
	NULL,
};

static void doubt(struct settings *s, const char *name, const struct ejg_origin *origin, const char *why)
{
	/* the path of the file itself was used before */
	if (strcmp(name, "EJABBERDCTL_CONFIG_PATH") != 0)
		variable_doubt(&s->variables, name, why, origin);
}

bool doubt_is_setting(const char *name)
{
	for (const char *const *known = settings_names; *known; known++)
		if (strcmp(*known, name) == 0)
			return true;
	return false;
}

void doubt_all(struct settings *s, const struct ejg_origin *origin, const char *why)
{
	const size_t n = s->variables.n;

	for (size_t i = 0; i < n; i++)
		doubt(s, s->variables.items[i].name, origin, why);
	for (const char *const *name = settings_names; *name; name++)
		doubt(s, *name, origin, why);
}
