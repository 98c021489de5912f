/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Memory for cookies: all copies of a cookie in this module are in a vault. It is kept out of swap (mlock(2)) and out
 * of core dumps (MADV_DONTDUMP), and cleared before it is freed.
 */
#ifndef EJG_LIB_COOKIE_VAULT_H
#define EJG_LIB_COOKIE_VAULT_H

#include <stddef.h>

#include "libejguard/modules/lib/cookie/form.h"
#include "libejguard/modules/lib/cookie/seed.h"

enum { VAULT_BUFFER = 1 << 20 };

struct vault {
	size_t size;	      /* of the whole structure */
	struct cookie cookie; /* of the file in effect */
	struct cookie other;  /* the cookie to compare it with */
	struct seed_work seed;
	char buffer[VAULT_BUFFER + 1];
};

/*
 * @size: size of the module's structure, which begins with a vault
 *
 * Return: cleared; NULL without memory. A limit on locked memory (RLIMIT_MEMLOCK) is not an error.
 */
void *vault_new(size_t size);

/* Clears all contents and keeps the vault. */
void vault_wipe(struct vault *vault);

/* Clears and frees; accepts NULL. */
void vault_free(struct vault *vault);

/* Overwrites data that called functions may have left on the stack. */
void vault_burn_stack(void);

#endif
