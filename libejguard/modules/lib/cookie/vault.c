/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/lib/cookie/vault.h"

#include <string.h>
#include <sys/mman.h>

void *vault_new(size_t size)
{
	struct vault *vault = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (vault == MAP_FAILED)
		return NULL;
	/* Both are additional protection; an unprivileged caller may not be allowed to do the first. */
	(void)mlock(vault, size);
	(void)madvise(vault, size, MADV_DONTDUMP);
	vault->size = size;
	return vault;
}

void vault_wipe(struct vault *vault)
{
	explicit_bzero((char *)vault + sizeof(vault->size), vault->size - sizeof(vault->size));
	vault_burn_stack();
}

void vault_free(struct vault *vault)
{
	if (!vault)
		return;
	vault_wipe(vault);
	munmap(vault, vault->size);
}

/* 4 KiB are more than the local variables of libmd's SHA1Transform() and of this module's functions need. */
__attribute__((noinline)) void vault_burn_stack(void)
{
	unsigned char ashes[4096];

	explicit_bzero(ashes, sizeof(ashes));
}
