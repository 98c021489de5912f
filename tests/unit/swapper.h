/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Exchanges two files, again and again, while a test reads them. */
#ifndef EJG_TEST_SWAPPER_H
#define EJG_TEST_SWAPPER_H

#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>

struct swapper {
	char a[256];
	char b[256];
	atomic_bool stop;
};

/* The thread. @data: a struct swapper; it ends when stop is set. */
static inline void *swap(void *data)
{
	struct swapper *swapper = data;

	while (!atomic_load(&swapper->stop))
		renameat2(AT_FDCWD, swapper->a, AT_FDCWD, swapper->b, RENAME_EXCHANGE);
	return NULL;
}

#endif
