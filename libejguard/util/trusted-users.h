/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The users who may run a service, epmd and their tools: each module that trusts them asks here. */
#ifndef EJG_UTIL_TRUSTED_USERS_H
#define EJG_UTIL_TRUSTED_USERS_H

#include <stddef.h>
#include <sys/types.h>

/* What is known of them. */
struct trusted_users {
	const char *root;	/* as in passwd.h */
	const char *service;	/* its name: the user of this name, while no user is configured */
	const char *configured; /* as whom the service starts, a name or a number; NULL: not known */
	const uid_t *named;	/* by `set users` */
	size_t n_named;
};

/*
 * root, the user of the service, the user epmd, and those that the stack names. In ascending order, each once. Who runs
 * now has no influence: the answer is the same before the service has started and afterwards. A configured name that no
 * user has is nobody, and the service's name does not replace it. Return: how many; if they are more than max, only the
 * first ones.
 */
size_t trusted_users(const struct trusted_users *known, uid_t *ret, size_t max);

#endif
