/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A growing list of settings. The arena records if memory runs out. */
#ifndef EJG_SERVICE_SETTINGS_LIST_H
#define EJG_SERVICE_SETTINGS_LIST_H

#include "libejguard/service/base/settings-struct.h"

struct setting_list {
	struct arena *arena;
	struct ejg_setting *items;
	size_t n;
};

/* Adds a setting. A cookie in value is masked. value, note and origin may be NULL. */
void settings_add(struct setting_list *list, const char *name, enum ejg_setting_state state, const char *value,
		  const char *note, const struct ejg_origin *origin);
void settings_add_overridden(struct setting_list *list, const char *name, const char *value,
			     const struct ejg_origin *origin, const struct ejg_origin *winner);
/* True for a default: nobody wrote it, so overriding it is not reported. */
bool settings_is_default(const struct occurrence *occurrence);
/* Adds the earlier, overridden values that people wrote. */
void settings_add_earlier(struct setting_list *list, const char *name, const struct occurrence *occurrence,
			  const struct ejg_origin *winner);
/* Adds a variable (NULL when it is unset) and the values that it overrides. */
void settings_add_variable(struct setting_list *list, const char *name, const struct occurrence *now);

#endif
