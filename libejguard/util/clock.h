/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The clock for timeouts: setting the system time does not change it. */
#ifndef EJG_UTIL_CLOCK_H
#define EJG_UTIL_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Milliseconds since an unspecified moment before this process began. */
static inline int64_t clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

#endif
