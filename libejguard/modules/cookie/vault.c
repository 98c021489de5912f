/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/cookie/vault.h"

#include <string.h>
#include <sys/mman.h>

struct vault *vault_new(void)
{
	struct vault *vault = mmap(NULL, sizeof(*vault), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (vault == MAP_FAILED)
		return NULL;
	/* Both are a second line of defence; an unprivileged caller may lack the first. */
	(void)mlock(vault, sizeof(*vault));
	(void)madvise(vault, sizeof(*vault), MADV_DONTDUMP);
	return vault;
}

void vault_wipe(struct vault *vault)
{
	explicit_bzero(vault, sizeof(*vault));
	vault_burn_stack();
}

void vault_free(struct vault *vault)
{
	if (!vault)
		return;
	vault_wipe(vault);
	munmap(vault, sizeof(*vault));
}

/* 4 KiB are more than SHA1Transform() of libmd and the functions of this module use for their locals. */
__attribute__((noinline)) void vault_burn_stack(void)
{
	unsigned char ashes[4096];

	explicit_bzero(ashes, sizeof(ashes));
}
