/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Settings that follow from others, and from the flags of erl beside them. */
#ifndef EJG_SERVICE_DERIVED_H
#define EJG_SERVICE_DERIVED_H

#include "libejguard/service/settings-list.h"

/* INET_DIST_INTERFACE, with what the flags of erl say of it. */
void settings_add_interface(struct setting_list *list, struct settings *s);
/* layout, script, version, otp, name-kind, dist-range, tls-dist. Return: 0, -ENOMEM. */
int settings_add_derived(struct setting_list *list, struct settings *s);

#endif
