/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The ports of the distribution, by the rules of ejabberdctl and erl. */
#ifndef EJG_SERVICE_DIST_H
#define EJG_SERVICE_DIST_H

#include "libejguard/service/base/settings-struct.h"

/*
 * The distribution range by the rules of ejabberdctl and erl, from settings that were read. It is valid as long as
 * these.
 * Return: 0, -ENOMEM.
 */
int dist_read(struct settings *s, const struct dist **ret);

#endif
