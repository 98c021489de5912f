/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * systemd's timer that brings the former policy back: it needs no terminal, no session and no clock that can be set. Its unit
 * files are in /run, and so gone after a boot.
 */
#ifndef EJG_TOOL_TIMER_H
#define EJG_TOOL_TIMER_H

#include "tools/base/report.h"

/* The same for a service whose timer runs already: it starts anew. Return: 0; -EPERM, -EIO, -ENOMEM with the message set. */
int timer_start(struct report *report, unsigned int seconds);
/* Ends it and removes its files; what is left behind does nothing. */
void timer_stop(const struct report *report);
bool timer_runs(const char *service);

#endif
