/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Functions that the benchmarks share. Results of different runs are never compared, only samples taken in turns in one
 * run: the machine may be busy, and its noise is shown next to each result.
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

/* Prints to stderr what failed, with errno, and ends the program. */
_Noreturn void fail(const char *what);

uint64_t now_ns(void);

/* A permutation of 0 to n - 1: each call gives another one, and every run the same sequence of them. */
void shuffle(size_t *order, size_t n);

/* Moves this process into the cgroup. */
void enter_cgroup(const char *path);

/* Moves this process into the network namespace; its sockets are then made there. */
void enter_netns(const char *path);

#endif
