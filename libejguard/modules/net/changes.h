/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef EJG_NET_CHANGES_H
#define EJG_NET_CHANGES_H

#include "libejguard/modules/net/policy.h"

/*
 * For a stack that is tried: notes what its policy would change in the one that is in force, a line for each kind of
 * thing. Without a policy in force all that it has is new. Return: how many lines.
 */
size_t net_note_changes(struct ejg_call *call, const struct net_policy *before, const struct net_policy *after);

#endif
