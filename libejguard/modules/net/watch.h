/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * watch: new denials as they are recorded. Each watcher compares the kernel's tables with what it saw before, four times a
 * second: any number of them sees everything, and a flood costs no more than the tables are large.
 */
#ifndef EJG_NET_WATCH_H
#define EJG_NET_WATCH_H

#include <ejguard/module.h>

struct denial_watch;

/*
 * Begins to watch. *ret is to be freed by watch_free() whenever it is set. Return: 0 and a descriptor of the watch's, or a
 * negative errno, set on the call.
 */
int watch_begin(struct ejg_call *call, struct denial_watch **ret, int *ret_fd);

/* Hands out the next event, if there is one. Return: 0, or a negative errno, set on the call. */
int watch_next(struct ejg_call *call, struct denial_watch *watch);

void watch_free(struct denial_watch *watch);

#endif
