/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The flags of erl among its arguments. */
#ifndef EJG_SERVICE_SCRIPT_ERL_FLAGS_H
#define EJG_SERVICE_SCRIPT_ERL_FLAGS_H

#include <ejguard/facts.h>
#include <stdbool.h>
#include <stddef.h>

#include "libejguard/util/arena.h"

/* A flag of erl among arguments, or a key of -kernel or a name of -env. */
struct erl_flag {
	const char *name;  /* "-setcookie", "-kernel inet_dist_use_interface", "-env NAME" */
	const char *value; /* or NULL; that of a cookie is *** */
	struct ejg_origin origin;
};

/*
 * The flags in text, in the order in which erl sees them. file: it is a file for -args_file. *ret_n is at most 1024;
 * *ret_complete says whether that is all. Return: 0, -ENOMEM.
 */
int erl_flags_read(struct arena *arena, const char *text, size_t size, bool file, const struct ejg_origin *origin,
		   struct erl_flag **ret, size_t *ret_n, bool *ret_complete);

#endif
