/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * systemd's timer that restores the former policy: it needs no terminal and no login, and does not depend on the system
 * time. Its unit files are in /run, so they do not survive a boot.
 */
#ifndef EJG_TOOL_TIMER_H
#define EJG_TOOL_TIMER_H

#include "tools/base/report.h"

/* Starts the timer, or restarts a running one. Return: 0; -EPERM, -EIO, -ENOMEM with the message set. */
int timer_start(struct report *report, unsigned int seconds);
/* Stops it and removes its files; files that could not be removed have no effect. */
void timer_stop(const struct report *report);
bool timer_runs(const char *service);

#endif
