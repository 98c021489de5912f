/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/bench/bench.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <sched.h>
#include <string.h>
#include <time.h>

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double at_rank(const double *samples, size_t n, double rank)
{
	return samples[rank < 0 ? 0 : rank > n - 1 ? n - 1 : (size_t)rank];
}

struct summary summarize(double *samples, size_t n)
{
	double half_width = 1.96 * sqrt(n) / 2;

	qsort(samples, n, sizeof(*samples), compare);
	return (struct summary){
		.median = n % 2 ? samples[n / 2] : (samples[n / 2 - 1] + samples[n / 2]) / 2,
		.first_quartile = samples[n / 4],
		.third_quartile = samples[n - 1 - n / 4],
		.low = at_rank(samples, n, floor((n - 1) / 2.0 - half_width)),
		.high = at_rank(samples, n, ceil((n - 1) / 2.0 + half_width)),
		.least = samples[0],
	};
}

void fail(const char *what)
{
	fprintf(stderr, "%s: %s: %m\n", program_invocation_short_name, what);
	exit(1);
}

uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

void shuffle(size_t *order, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t j = (size_t)random() % (i + 1);

		order[i] = order[j];
		order[j] = i;
	}
}

void enter_cgroup(const char *path)
{
	char file[4096];
	cleanup_fd int fd = -1;

	snprintf(file, sizeof(file), "%s/cgroup.procs", path);
	fd = open(file, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "0", 1) != 1)
		fail(file);
}

void enter_netns(const char *path)
{
	cleanup_fd int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || setns(fd, CLONE_NEWNET) < 0)
		fail(path);
}
