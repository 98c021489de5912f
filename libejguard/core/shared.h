/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Data that modules share during a verb, see ejg_call_shared(). */
#ifndef EJG_CORE_SHARED_H
#define EJG_CORE_SHARED_H

#include <ejguard/module.h>

struct shared;

/* As ejg_call_shared(), on a list that starts as NULL. Return: the same; -EPROTO for another size, not reported. */
int shared_get(struct shared **list, struct ejg_call *call, const char *key, size_t size,
	       int (*make)(struct ejg_call *call, void *object), void (*drop)(void *object), const void **ret);

/* Frees all of it. */
void shared_forget(struct shared **list);

#endif
