/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef EJG_NET_CHANGES_H
#define EJG_NET_CHANGES_H

#include "libejguard/modules/net/policy.h"

/*
 * For a dry run: reports the changes of the policy in force, one line for each kind of change. Without a policy in
 * force everything is new. Return: how many lines.
 */
size_t net_note_changes(struct ejg_call *call, const struct net_policy *before, const struct net_policy *after);

#endif
