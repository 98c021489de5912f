/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One pass over the stack: who takes part, what its modules have said so far, what the verb makes of it. */
#ifndef EJG_CORE_PASS_H
#define EJG_CORE_PASS_H

#include "libejguard/core/handle.h"

struct run {
	struct ejg *handle;
	struct opinions opinions;
	int error; /* that the verb will return */
};

/* What the verb fails with: the first failure counts, and the findings from index on are to blame. */
void run_fail(struct run *run, int error, size_t index);

/*
 * Adds the result of one module, whose findings begin at index. What is known to be wrong counts before a privilege that
 * the caller lacks.
 */
void run_add(struct run *run, const struct instance *instance, int result, size_t index);

/* Whether ejg_cancel() was called: the run has then failed. */
bool run_cancelled(struct run *run);

/* The outcome of a pass that gives verdicts. nobody: "applies here", what no guard did when none has an opinion. */
void run_judge(struct run *run, const char *nobody);

bool run_takes_part(const struct instance *instance);

/* Ends all instances of the stack, the last one first. */
void run_finish(struct ejg *handle);

#endif
