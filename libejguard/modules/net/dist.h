/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef EJG_NET_DIST_H
#define EJG_NET_DIST_H

#include <ejguard/module.h>

/*
 * Whether the distribution ports are known, or every port is private: one that nobody knows would be left open, in silence.
 * Return: 0 or -EBADMSG, set on the call.
 */
int dist_validate(struct ejg_call *call, bool strict);

#endif
