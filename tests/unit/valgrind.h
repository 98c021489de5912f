/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests that valgrind cannot run are left out with it: a skipped test is a failure of tools/run-tests. */
#ifndef EJG_TESTS_VALGRIND_H
#define EJG_TESTS_VALGRIND_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static inline bool is_under_valgrind(void)
{
	const char *preload = getenv("LD_PRELOAD");

	return preload && strstr(preload, "vgpreload");
}

#endif
