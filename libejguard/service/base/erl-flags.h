/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds the flags of erl in its arguments. */
#ifndef EJG_SERVICE_BASE_ERL_FLAGS_H
#define EJG_SERVICE_BASE_ERL_FLAGS_H

#include <stddef.h>

#include "libejguard/service/base/erl-words.h"

/* A flag of erl in its arguments, or a key of -kernel or a name of -env. */
struct erl_flag {
	const char *name;  /* "-setcookie", "-kernel inet_dist_use_interface", "-env NAME" */
	const char *value; /* or NULL; a cookie is ***, one for another node *** *** */
	struct ejg_origin origin;
};

/* The flags in the words, in the order in which erl reads them. Return: 0, -ENOMEM. */
int erl_flags_read(struct arena *arena, const struct erl_words *words, struct erl_flag **ret, size_t *ret_n);

#endif
