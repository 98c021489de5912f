/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the benchmarks share. Nothing is compared across runs, only samples that were taken in turns in one: the machine
 * may be busy, and its noise is shown beside each figure.
 */
#ifndef EJG_TESTS_BENCH_H
#define EJG_TESTS_BENCH_H

#include <stddef.h>
#include <stdint.h>

#include "libejguard/util/cleanup.h"

/*
 * Order statistics of samples. low and high: the 95 % confidence interval of the median, from the binomial distribution
 * of its rank alone, whatever the shape of the noise.
 */
struct summary {
	double median, first_quartile, third_quartile, low, high, least;
};

/* Sorts the samples. n > 0. */
struct summary summarize(double *samples, size_t n);

/* Says on stderr what failed, with errno, and ends the program. */
_Noreturn void fail(const char *what);

uint64_t now_ns(void);

/* A permutation of 0 to n - 1, another one each time, the same ones in each run. */
void shuffle(size_t *order, size_t n);

/* Moves this process. */
void enter_cgroup(const char *path);

/* Moves this process, whose sockets are then made there. */
void enter_netns(const char *path);

#endif
