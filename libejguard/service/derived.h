/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Settings that are derived from other settings and from the flags of erl. */
#ifndef EJG_SERVICE_DERIVED_H
#define EJG_SERVICE_DERIVED_H

#include "libejguard/service/settings-list.h"

/* INET_DIST_INTERFACE, combined with the flags of erl. */
void settings_add_interface(struct setting_list *list, struct settings *s);
/* layout, script, version, otp, name-kind, dist-range, tls-dist. Return: 0, -ENOMEM. */
int settings_add_derived(struct setting_list *list, struct settings *s);

#endif
