/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The common beginning and end of all verbs. */
#ifndef EJG_CORE_VERBS_H
#define EJG_CORE_VERBS_H

#include "libejguard/core/handle.h"

/* Every verb begins with an empty report, the whole facts and the whole stack. */
void verb_begin(struct ejg *handle);

/* Drops the survey at the end, except for ejg_discover(), whose caller gets it. Return: r, or -ENOMEM. */
int verb_end(struct ejg *handle, int r);

/* ejg_load() of the service's own stack, unless one is loaded. Return: as ejg_load(). */
int verb_load(struct ejg *handle);

/* Of an image nothing is guarded. Return: 0, -EINVAL, reported. */
int verb_refuse_image(struct ejg *handle);

/* Reports an argument that is wrong. Return: -EINVAL. */
int verb_invalid(struct ejg *handle, const char *problem);

/*
 * For verbs that change something: takes the lock of the service first, and then reads everything that decides, even if
 * it was loaded before. Otherwise an apply that had read its stack before another apply could put the older stack into
 * force.
 *
 * Return: 0, -EBUSY, any error of ejg_load(). *ret_lock untouched on failure.
 */
int verb_lock_and_load(struct ejg *handle, int *ret_lock);

/* Undoes what all runs applied and removes the records of it. The lock is held. Return: 0, or an error, reported. */
int verb_release_all(struct ejg *handle);

#endif
