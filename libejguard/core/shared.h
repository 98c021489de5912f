/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What modules share during a verb, see ejg_call_shared(). */
#ifndef EJG_CORE_SHARED_H
#define EJG_CORE_SHARED_H

#include <ejguard/module.h>

struct shared;

/* As ejg_call_shared(), with a list that begins as NULL. Return: that too; -EPROTO for another size, unreported. */
int shared_get(struct shared **list, struct ejg_call *call, const char *key, size_t size,
	       int (*make)(struct ejg_call *call, void *object), void (*drop)(void *object), const void **ret);

/* Drops all of them. */
void shared_forget(struct shared **list);

#endif
