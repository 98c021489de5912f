/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef EJG_NET_IN_FORCE_H
#define EJG_NET_IN_FORCE_H

#include "libejguard/modules/net/pins.h"
#include "libejguard/modules/net/policy.h"

/*
 * For status: reports the policy in force as findings `policy`, one for each part of it, by names where there are any.
 */
void in_force_report(struct ejg_call *call, const struct pins *pins, const struct net_policy *policy);

#endif
