/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef EJG_NET_USERS_H
#define EJG_NET_USERS_H

#include <ejguard/module.h>

#include "bpf/policy.h"

/* Room for the users of every service: those of the stack, and three more. */
#define USERS_MAX POLICY_MAX_USERS

/*
 * Who may run the service, epmd, and what asks them: root, those of `set users`, and those that are called as the service and
 * epmd are. In ascending order. Return: how many; of more than fit the first ones.
 */
size_t users_of_service(const struct ejg_facts *facts, uid_t ret[static USERS_MAX]);

#endif
