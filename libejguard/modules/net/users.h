/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef EJG_NET_USERS_H
#define EJG_NET_USERS_H

#include <ejguard/module.h>

#include "bpf/policy.h"

/* Room for the users of any service: those of the stack, and three more. */
#define USERS_MAX POLICY_MAX_USERS

/*
 * The users that may run the service, epmd and their tools: root, those of `set users`, and the users with the names of
 * the service and of epmd. In ascending order. Return: how many; if they are too many, only the first ones.
 */
size_t users_of_service(const struct ejg_facts *facts, uid_t ret[static USERS_MAX]);

#endif
