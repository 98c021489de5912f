/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What settings.c and settings-derived.c share. Without memory the arena remembers it. */
#ifndef EJG_SERVICE_SETTINGS_LIST_H
#define EJG_SERVICE_SETTINGS_LIST_H

#include "libejguard/service/settings-build.h"

struct setting_list {
	struct arena *arena;
	struct ejg_setting *items;
	size_t n;
};

/* value may hold a cookie, which is masked. value, note and origin may be NULL. */
void settings_add(struct setting_list *list, const char *name, enum ejg_setting_state state, const char *value,
		  const char *note, const struct ejg_origin *origin);
void settings_add_overridden(struct setting_list *list, const char *name, const char *value,
			     const struct ejg_origin *origin, const struct ejg_origin *winner);
/* What was written before, by hand. */
void settings_add_earlier(struct setting_list *list, const char *name, const struct occurrence *occurrence,
			  const struct ejg_origin *winner);
/* A variable, NULL when it is unset, and what it replaces. */
void settings_add_variable(struct setting_list *list, const char *name, const struct occurrence *now);

/* INET_DIST_INTERFACE, with what the flags of erl say of it. */
void settings_add_interface(struct setting_list *list, struct settings *s);
/* layout, script, version, otp, name-kind, dist-range, tls-dist. Return: 0, -ENOMEM. */
int settings_add_derived(struct setting_list *list, struct settings *s);

#endif
