/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * attempts [--local] TABLE: makes each attempt of the table without the guard, where it must succeed, and with the
 * guard in each of its variants, where it must end as the table says: a refusal is counted by the hook and for the
 * reason that the table names and by no other, and what is let through is not counted at all.
 *
 * attempts.sh and, for --local, local.sh make the world that this needs, and name it in the environment. EJG_CASE: only
 * attempts with this shell pattern somewhere in their names.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "tests/kernel/attempts.h"

enum {
	N_COUNTERS = POLICY_N_HOOKS * POLICY_N_REASONS,
	TRIES = 3,
};

struct run {
	const struct world *world;
	const struct attempt *attempts;
	size_t n;
	unsigned int done, failed, left_out;
};

static const char *outcome(int error)
{
	return error == 0 ? "allow" : error == ETIMEDOUT ? "timeout" : strerrorname_np(error);
}

static void verdict(struct run *run, const struct attempt *attempt, const char *variant, const char *problem)
{
	run->done++;
	run->failed += problem != NULL;
	if (problem)
		printf("not ok %u - line %u: %s [%s]: %s\n", run->done, attempt->line, attempt->text, variant, problem);
}

/* The counter of a refusal, or -1. */
static int counter_of(const struct expectation *expected)
{
	return expected->counted ? (int)POLICY_COUNTER(0, expected->hook, expected->reason) : -1;
}

/* The error in the counters, in text; or NULL. others: other counters than the expected one may have grown. */
static const char *judge_counters(const uint64_t before[N_COUNTERS], const uint64_t after[N_COUNTERS], int expected,
				  bool others, char text[static 128])
{
	for (int i = 0; i < N_COUNTERS; i++) {
		bool grew = after[i] != before[i];

		if (grew == (i == expected) || (grew && others))
			continue;
		snprintf(text, 128, "%s:%s %s", hook_name(i / POLICY_N_REASONS), reason_name(i % POLICY_N_REASONS),
			 grew ? "was counted" : "was not counted");
		return text;
	}
	return NULL;
}

/* The variant whose refusals are counted: permissive mode counts what it would otherwise refuse. */
static enum variant counted_variant(enum variant variant)
{
	switch (variant) {
	case VARIANT_PERMISSIVE:
		return VARIANT_DEFAULT;
	case VARIANT_NETNS_PERMISSIVE:
		return VARIANT_NETNS;
	default:
		return variant;
	}
}

static const char *judge(const struct attempt *attempt, enum variant variant, int error, const uint64_t *before,
			 const uint64_t *after, char text[static 128])
{
	const struct expectation expected = attempt_expectation(attempt, variant);
	const bool permissive = counted_variant(variant) != variant;
	const struct expectation *counted = &attempt->expected[counted_variant(variant)];

	if (error != expected.error) {
		snprintf(text, 128, "expected %s, was %s", outcome(expected.error), outcome(error));
		return text;
	}
	/* An attempt that permissive mode allows reaches the next hook. */
	return judge_counters(before, after, counter_of(counted), counted->counted && permissive, text);
}

/*
 * An allowed attempt may fail for another reason on a busy machine (MPTCP with Fast Open does): it is repeated, unless
 * it was refused.
 */
static int try_attempt(const struct run *run, const struct attempt *attempt, enum variant variant)
{
	int error = 0;

	for (int i = 0; i < TRIES; i++) {
		error = run_attempt(run->world, attempt, variant);
		if (error == 0 || error == EPERM || attempt_expectation(attempt, variant).error)
			break;
	}
	return error;
}

static void run_control(struct run *run, const struct attempt *attempt)
{
	char text[128];
	int error = try_attempt(run, attempt, N_VARIANTS);

	snprintf(text, sizeof(text), "does not succeed without the guard either: %s", outcome(error));
	verdict(run, attempt, "control", error ? text : NULL);
}

static void run_guarded(struct run *run, const struct attempt *attempt, enum variant variant)
{
	uint64_t before[N_COUNTERS], after[N_COUNTERS];
	const struct expectation expected = attempt_expectation(attempt, variant);
	const int counter = counter_of(&expected);
	char text[128];
	int error = 0, r = 0;

	/* The guard is applied during the attempt, with new counters. */
	if (attempt->client_ways & WAY_BIT(WAY_BEFORE) || attempt->ways & WAY_BIT(WAY_EARLY))
		r = guard_release(run->world);
	if (r == 0)
		r = guard_counters(run->world, before);
	if (r) {
		verdict(run, attempt, variant_names[variant], "the guard cannot be released or read");
		return;
	}
	/* On a busy machine the timeout may end before the packet is sent, which is then not counted. */
	for (int i = 0; i < TRIES && r == 0; i++) {
		error = try_attempt(run, attempt, variant);
		r = guard_counters(run->world, after);
		if (error != ETIMEDOUT || counter < 0 || after[counter] != before[counter])
			break;
	}
	if (r)
		verdict(run, attempt, variant_names[variant], "the counters cannot be read");
	else
		verdict(run, attempt, variant_names[variant], judge(attempt, variant, error, before, after, text));
}

/* All attempts in one variant of the guard, or without it. */
static int run_table(struct run *run, enum variant variant)
{
	const char *name = variant == N_VARIANTS ? "control" : variant_names[variant];
	unsigned int failed = run->failed;

	if (variant != N_VARIANTS && guard_apply(run->world, variant)) {
		printf("not ok - the guard cannot be applied [%s]\n", name);
		return -1;
	}
	for (size_t i = 0; i < run->n; i++) {
		if (ways_lacking(&run->attempts[i]))
			continue;
		if (variant == N_VARIANTS)
			run_control(run, &run->attempts[i]);
		else
			run_guarded(run, &run->attempts[i], variant);
	}
	printf("# %s: %zu attempts, %u wrong\n", name, run->n - run->left_out, run->failed - failed);
	return 0;
}

/* Prints the attempts that are left out, and the reason. */
static void count_left_out(struct run *run)
{
	for (size_t i = 0; i < run->n; i++) {
		const char *lacking = ways_lacking(&run->attempts[i]);

		if (!lacking)
			continue;
		run->left_out++;
		printf("# left out, line %u: %s: this kernel has no %s\n", run->attempts[i].line, run->attempts[i].text,
		       lacking);
	}
}

static const char *variable(const char *name)
{
	const char *value = getenv(name);

	if (value)
		return value;
	fprintf(stderr, "%s is not set: run attempts.sh\n", name);
	exit(2);
}

int main(int argc, char **argv)
{
	const bool local = argc == 3 && !strcmp(argv[1], "--local");
	const struct world world = {
		.local = local,
		.host = variable("EJG_HOST"),
		.remote = variable("EJG_REMOTE"),
		.joiner = variable("EJG_JOINER"),
		.guarded = variable("EJG_GUARDED"),
		.control = variable("EJG_CONTROL"),
		.elsewhere = variable("EJG_ELSEWHERE"),
		.tool = variable("EJG_TOOL"),
		.modules = variable("EJG_MODULES"),
		.conf = variable("EJG_CONF"),
	};
	struct run run = { .world = &world };
	cleanup_free struct attempt *attempts = argc == 2 || local ? table_read(argv[argc - 1], local, &run.n) : NULL;
	const char *pattern = getenv("EJG_CASE");
	int r;

	if (!attempts) {
		fprintf(stderr, "usage: attempts [--local] TABLE\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGPIPE, SIG_IGN);
	if (pattern && *pattern)
		run.n = table_select(attempts, run.n, pattern);
	if (!run.n)
		return 2;
	run.attempts = attempts;
	count_left_out(&run);
	r = run_table(&run, N_VARIANTS);
	for (int variant = 0; r == 0 && variant < N_VARIANTS; variant++)
		if (guard_lacking(variant))
			printf("# left out, %s: this kernel has not %s\n", variant_names[variant],
			       guard_lacking(variant));
		else if (!local || variant == VARIANT_DEFAULT || variant == VARIANT_PERMISSIVE)
			r = run_table(&run, variant);
	printf("# %zu attempts, %u of them left out; %u runs, %u wrong\n", run.n, run.left_out, run.done, run.failed);
	return r < 0 || run.failed || !run.done;
}
