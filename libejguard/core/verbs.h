/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The frame around each verb. */
#ifndef EJG_CORE_VERBS_H
#define EJG_CORE_VERBS_H

#include "libejguard/core/handle.h"

/* Every verb begins with an empty report, the whole facts and the whole stack. */
void verb_begin(struct ejg *handle);

/* The survey belongs to the verb: only ejg_discover() leaves it to the caller. Return: r, or -ENOMEM. */
int verb_end(struct ejg *handle, int r);

/* Reports an argument that is wrong. Return: -EINVAL. */
int verb_invalid(struct ejg *handle, const char *problem);

/*
 * For verbs that change something: the lock of the service is taken first, and everything that decides is read under
 * it, also what was loaded before. An apply that had read before another one's would put the older stack into force.
 *
 * Return: 0, -EBUSY, any error of ejg_load(). *ret_lock untouched on failure.
 */
int verb_lock_and_load(struct ejg *handle, int *ret_lock);

/* Undoes what any run has applied, and forgets it. The lock is held. Return: 0 or an error of <ejguard/ejguard.h>, reported. */
int verb_release_all(struct ejg *handle);

#endif
