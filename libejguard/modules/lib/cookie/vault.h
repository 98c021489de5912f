/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Memory for cookies: every byte of one that this module holds is in a vault. It is kept out of swap (mlock(2)) and out
 * of core dumps (MADV_DONTDUMP), and cleared before it is given back.
 */
#ifndef EJG_LIB_COOKIE_VAULT_H
#define EJG_LIB_COOKIE_VAULT_H

#include <stddef.h>

#include "libejguard/modules/lib/cookie/form.h"
#include "libejguard/modules/lib/cookie/seed.h"

enum { VAULT_BUFFER = 1 << 20 };

struct vault {
	size_t size;	      /* of all of it */
	struct cookie cookie; /* of the file in effect */
	struct cookie other;  /* what it is compared with */
	struct seed_work seed;
	char buffer[VAULT_BUFFER + 1];
};

/*
 * @size: of a structure of the module that begins with a vault
 *
 * Return: cleared; NULL without memory. A limit on locked memory (RLIMIT_MEMLOCK) is no reason to fail.
 */
void *vault_new(size_t size);

/* Clears everything and keeps the vault. */
void vault_wipe(struct vault *vault);

/* Clears and frees; accepts NULL. */
void vault_free(struct vault *vault);

/* Overwrites what functions that were called may have left on the stack. */
void vault_burn_stack(void);

#endif
