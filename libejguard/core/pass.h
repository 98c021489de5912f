/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One pass over the stack: the modules that take part, their results so far, and the result of the verb. */
#ifndef EJG_CORE_PASS_H
#define EJG_CORE_PASS_H

#include "libejguard/core/handle.h"

struct run {
	struct ejg *handle;
	struct opinions opinions;
	int error; /* that the verb will return */
};

/* Makes the verb fail: the first failure counts, and the findings from index on are its reasons. */
void run_fail(struct run *run, int error, size_t index);

/*
 * Adds the result of one module, whose findings begin at index. A known error takes precedence over a privilege that
 * the caller lacks.
 */
void run_add(struct run *run, const struct instance *instance, int result, size_t index);

/* True if ejg_cancel() was called: the run has then failed. */
bool run_cancelled(struct run *run);

/* The result of a pass that gives verdicts. nobody: end of the message if no module has an opinion: "applies here". */
void run_judge(struct run *run, const char *nobody);

bool run_takes_part(const struct instance *instance);

/* Ends all instances of the stack, the last one first. */
void run_finish(struct ejg *handle);

#endif
