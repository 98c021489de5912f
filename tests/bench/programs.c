/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/bench/programs.h"

#include <bpf/bpf.h>
#include <stdio.h>

#include "tests/bench/bench.h"

int programs_count(void)
{
	int fd = bpf_enable_stats(BPF_STATS_RUN_TIME);

	if (fd < 0)
		fail("BPF_ENABLE_STATS");
	return fd;
}

static double mean_since_last(struct program *program)
{
	struct bpf_prog_info info = {};
	uint32_t size = sizeof(info);
	double mean;

	if (bpf_obj_get_info_by_fd(program->fd, &info, &size) < 0)
		fail("statistics of a program");
	mean = (double)(info.run_time_ns - program->time) / (info.run_cnt - program->runs);
	program->time = info.run_time_ns;
	program->runs = info.run_cnt;
	return mean;
}

void programs_open(struct program programs[static N_PROGRAMS], char *const *folders, const char *hook)
{
	char path[4096];

	for (size_t i = 0; i < N_PROGRAMS; i++) {
		snprintf(path, sizeof(path), "%s/%s", folders[i], hook);
		programs[i] = (struct program){ .fd = bpf_obj_get(path) };
		if (programs[i].fd < 0)
			fail(path);
		(void)mean_since_last(&programs[i]);
	}
}

void programs_close(struct program programs[static N_PROGRAMS])
{
	for (size_t i = 0; i < N_PROGRAMS; i++)
		close(programs[i].fd);
}

void programs_sample(struct program programs[static N_PROGRAMS], size_t round)
{
	for (size_t i = 0; i < N_PROGRAMS; i++)
		programs[i].samples[round] = mean_since_last(&programs[i]);
}

void programs_report(struct program programs[static N_PROGRAMS], size_t rounds)
{
	double more[MAX_ROUNDS], control[MAX_ROUNDS];
	struct summary s;

	for (size_t i = 0; i < rounds; i++) {
		more[i] = programs[1].samples[i] - (programs[0].samples[i] + programs[2].samples[i]) / 2;
		control[i] = programs[2].samples[i] - programs[0].samples[i];
	}
	for (size_t i = 0; i < N_PROGRAMS; i++) {
		s = summarize(programs[i].samples, rounds);
		printf(" %7.1f", s.median);
	}
	s = summarize(more, rounds);
	printf("   %+7.1f  (%+.1f to %+.1f)", s.median, s.first_quartile, s.third_quartile);
	s = summarize(control, rounds);
	printf("  %+5.1f\n", s.median);
	fflush(stdout);
}
