/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Ports that are read from files which the service, or another user than root, can change. A compromised service must
 * not move the guard to other ports by them.
 */
#ifndef EJG_NET_CHANGEABLE_H
#define EJG_NET_CHANGEABLE_H

#include "libejguard/modules/lib/access/access.h"
#include "libejguard/modules/net/policy.h"

/*
 * Also guards the default ports of epmd and of the kind of service if others come from a file that can be changed. If
 * one can be changed, the policy must not free a port that the policy in force guards.
 * Return: 0, -EBADMSG, -EPERM, -EIO, -ENOMEM; the error is set on the call.
 */
int changeable_keep_ports(struct ejg_call *call, struct net_policy *policy);

/* Warns of ports that come from a file that can be changed and are not the default. */
void changeable_report_ports(struct ejg_call *call);

#endif
