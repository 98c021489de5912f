/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The facts of a service: from the stack's set lines, else discovered, else defaults. */
#ifndef EJG_CORE_FACTS_H
#define EJG_CORE_FACTS_H

#include "libejguard/core/stack-file.h"
#include "libejguard/service/settings.h"

/*
 * Establishes the facts from the stack and the system, or from an image at root. Every wrong value of a set line is
 * reported with its position. rundir: folder of the list of cgroups that apply was given (given.h); NULL: do not read
 * it. *ret_settings: the settings that the facts come from, for the survey.
 *
 * Return: 0, -EBADMSG, -EOPNOTSUPP (no cgroup2), -EIO, -ENOMEM. Memory comes from the arena. After all errors except
 * -ENOMEM *ret has the facts that could be established, for a diagnosis; the rest is zero.
 */
int facts_collect(struct arena *arena, struct report *report, const struct stack *stack, const char *service,
		  const char *rundir, const char *root, struct ejg_facts **ret, struct settings **ret_settings);

/*
 * Limits the cgroups of the facts to those that ejg_apply() was given: options->cgroups instead of the stack's, or,
 * with options->own, marks the cgroup of the caller, which must belong to the service.
 *
 * Return: 0; -EBADMSG, reported, for a path that is not a cgroup to guard, or a caller's cgroup that is not the
 * service's; -EOPNOTSUPP, -EIO, -ENOMEM. The facts are untouched on failure.
 */
int facts_choose_cgroups(struct arena *arena, struct report *report, struct ejg_facts *facts,
			 const struct ejg_apply_options *options);

#endif
