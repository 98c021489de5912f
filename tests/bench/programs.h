/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Three programs at one hook of one cgroup, which the kernel runs for each attempt, one after another: an empty one,
 * the guard's, an empty one. Their samples are interleaved as closely as can be, and the two empty ones say what noise
 * and place in the row make of the same program.
 */
#ifndef EJG_TESTS_BENCH_PROGRAMS_H
#define EJG_TESTS_BENCH_PROGRAMS_H

#include <stddef.h>
#include <stdint.h>

#define N_PROGRAMS 3
#define MAX_ROUNDS 1000

struct program {
	int fd;
	uint64_t time, runs;
	double samples[MAX_ROUNDS]; /* nanoseconds a run */
};

/* Switches the kernel's statistics of programs on (BPF_STATS_RUN_TIME), until the descriptor is closed. Return: it. */
int programs_count(void);

/* Opens the program that is pinned as `hook` in each folder. The caller closes them by programs_close(). */
void programs_open(struct program programs[static N_PROGRAMS], char *const *folders, const char *hook);
void programs_close(struct program programs[static N_PROGRAMS]);

/* Takes the sample of a round: the mean of the runs since the one before. */
void programs_sample(struct program programs[static N_PROGRAMS], size_t round);

/*
 * Prints the medians of the three, what the guard takes more than an empty one, and what one empty one more than the
 * other.
 */
void programs_report(struct program programs[static N_PROGRAMS], size_t rounds);

#endif
