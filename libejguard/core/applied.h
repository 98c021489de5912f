/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The stack that was applied last, by its content: what it includes and its files of peers are in it. Kept in the service's
 * rundir, as long as what it put in force: until a release, or a boot. A tool can so apply it again, whatever became of the
 * files since.
 */
#ifndef EJG_CORE_APPLIED_H
#define EJG_CORE_APPLIED_H

#include <ejguard/facts.h>

#include "libejguard/core/report.h"
#include "libejguard/core/stack-file.h"

#define APPLIED_NAME "applied"

/* As a stack file, which comes to the same stack and facts. NULL without memory. */
const char *applied_format(struct arena *arena, const struct stack *stack, const struct ejg_facts *facts);

/*
 * After an apply of that text. Of a part of the stack only: with another text than the one that is kept, nothing is known for
 * what is in force any more, and nothing is kept; so with a text that is too long for a stack file. What cannot be kept is a
 * warning. The caller holds the lock of the service.
 */
void applied_keep(struct report *report, const char *rundir, const char *text, bool whole);

/* After a release. */
void applied_forget(const char *rundir);

#endif
