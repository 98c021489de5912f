/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef EJG_NET_USERS_H
#define EJG_NET_USERS_H

#include <ejguard/module.h>

#include "bpf/policy.h"
#include "libejguard/util/arena.h"

/* Room for the users of any service: those of the stack, and three more. */
#define USERS_MAX POLICY_MAX_USERS

/*
 * The users that may run the service, epmd and their tools: root, the user that the service is configured to run as,
 * else the one with its name, the user epmd, and those of `set users`. As trusted_users(). Return: how many, or
 * -ENOMEM.
 */
int users_of_service(struct ejg_call *call, uid_t ret[static USERS_MAX]);

/*
 * As access_user_doubt(), of the call's survey. NULL, too, without a survey.
 */
const char *users_doubt(struct ejg_call *call, struct arena *arena, const struct ejg_setting **ret);

#endif
