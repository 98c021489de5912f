/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef EJG_NET_DIST_H
#define EJG_NET_DIST_H

#include <ejguard/module.h>

/*
 * Checks that the distribution ports are known, or that every port is private: an unknown port would silently stay
 * open.
 * Return: 0 or -EBADMSG, set on the call.
 */
int dist_validate(struct ejg_call *call, bool strict);

#endif
