/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kind of installation, and its versions. */
#ifndef EJG_SERVICE_LAYOUT_H
#define EJG_SERVICE_LAYOUT_H

#include "libejguard/service/base/settings-struct.h"

/* Finds the start script and the kind of its installation. Return: 0, -ENOMEM. */
int layout_find(struct settings *s);
/* The name of the layout, after the script was read. */
const char *layout_name(const struct settings *s);
/* Version of ejabberd and release of Erlang/OTP. value NULL: unknown. Return: 0, -ENOMEM. */
int layout_version(struct settings *s, const char **ret, struct ejg_origin *ret_origin);
int layout_otp(struct settings *s, const char **ret, struct ejg_origin *ret_origin);

#endif
