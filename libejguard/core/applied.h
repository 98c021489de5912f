/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The stack that was applied last, as text that contains its included files and files of peers. It is kept in
 * the service's rundir until a release or a boot, so a tool can apply it again even after the files have
 * changed. Its first line says who applied it, the time of the file when.
 */
#ifndef EJG_CORE_APPLIED_H
#define EJG_CORE_APPLIED_H

#include <ejguard/facts.h>

#include "libejguard/core/report.h"
#include "libejguard/core/stack-file.h"

#define APPLIED_NAME "applied"

/* Formats a stack file that gives the same stack and facts. NULL without memory. */
const char *applied_format(struct arena *arena, const struct stack *stack, const struct ejg_facts *facts);

/*
 * Keeps the text after an apply. If only a part of the stack was applied and another text is kept, or if the text is
 * too long for a stack file, then nothing is kept: no single text describes what is in force. If the text cannot be
 * written, that is a warning. The caller holds the lock of the service.
 */
void applied_keep(struct report *report, const char *rundir, const char *text, bool whole);

/* Reports when what is in force was applied, and by whom (core.policy); nothing where no text is kept. */
void applied_report(struct report *report, const char *rundir);

/* Removes the text, after a release. */
void applied_forget(const char *rundir);

#endif
