/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Memory for cookies: every byte of one that this module holds is in a vault. It is kept out of swap (mlock(2)) and out
 * of core dumps (MADV_DONTDUMP), and cleared before it is given back.
 */
#ifndef EJG_COOKIE_VAULT_H
#define EJG_COOKIE_VAULT_H

#include <sha1.h>
#include <stddef.h>

#include "libejguard/modules/cookie/form.h"
#include "libejguard/modules/cookie/seed.h"

enum { VAULT_BUFFER = 1 << 20 };

struct vault {
	struct cookie cookie; /* of the file in effect */
	struct cookie other;  /* what it is compared with */
	struct seed_work seed;
	SHA1_CTX sha1;
	unsigned char digest[SHA1_DIGEST_LENGTH];
	unsigned char random[32];
	char needle[25];
	char buffer[VAULT_BUFFER + 1];
};

/* NULL without memory. A limit on locked memory (RLIMIT_MEMLOCK) is no reason to fail. */
struct vault *vault_new(void);

/* Clears everything and keeps the vault. */
void vault_wipe(struct vault *vault);

/* Clears and frees; accepts NULL. */
void vault_free(struct vault *vault);

/* Overwrites what functions that were called may have left on the stack. */
void vault_burn_stack(void);

#endif
