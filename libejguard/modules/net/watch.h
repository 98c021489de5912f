/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * watch: returns new denials. Each watcher compares the kernel's tables with the rows it knows, four times a second:
 * any number of watchers sees all denials, and a flood costs no more than the size of the tables.
 */
#ifndef EJG_NET_WATCH_H
#define EJG_NET_WATCH_H

#include <ejguard/module.h>

struct denial_watch;

/*
 * Begins to watch. Free *ret by watch_free() whenever it is set. Return: 0 and a descriptor that belongs to the watch,
 * or a negative errno, set on the call.
 */
int watch_begin(struct ejg_call *call, struct denial_watch **ret, int *ret_fd);

/* Returns the next event, if there is one. Return: 0, or a negative errno, set on the call. */
int watch_next(struct ejg_call *call, struct denial_watch *watch);

void watch_free(struct denial_watch *watch);

#endif
