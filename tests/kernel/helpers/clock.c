/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Preloaded (LD_PRELOAD): the date is CLOCK_OFFSET seconds off for this process only; with CLOCK_OFFSET=jump it is
 * alternately thirty years ahead and behind. Other clocks, which cannot be set, are unchanged.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define THIRTY_YEARS 946684800LL

int clock_gettime(clockid_t clock, struct timespec *ret)
{
	static long long sign = 1;
	const char *offset = getenv("CLOCK_OFFSET");
	int r = (int)syscall(SYS_clock_gettime, clock, ret);

	if (r < 0 || !offset || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE))
		return r;
	sign = -sign;
	ret->tv_sec += strcmp(offset, "jump") == 0 ? sign * THIRTY_YEARS : atoll(offset);
	return 0;
}

time_t time(time_t *ret)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (ret)
		*ret = now.tv_sec;
	return now.tv_sec;
}
