/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The handle of the library that a run works on: folders, log, cancellation. */
#ifndef EJG_TOOL_HANDLE_H
#define EJG_TOOL_HANDLE_H

#include "tools/base/report.h"

/*
 * Opens report->handle for report->service with the folders and the log that the arguments ask for; from then on
 * SIGINT, SIGTERM and SIGHUP cancel the verb, which then undoes what it did. handle_close() ends that.
 *
 * Return: 0; -EINVAL, -ENOMEM with the message set.
 */
int handle_open(const struct arguments *arguments, struct report *report);
void handle_close(struct report *report);
/* Gives the signals back to the kernel's default. Return: whether one has come since handle_open(). */
bool handle_release_signals(void);
/* Whether a module of that name is loaded. */
bool handle_has_module(const struct report *report, const char *name);
/* Takes what modules have said about their progress off the screen. */
void handle_end_progress(struct report *report);

#endif
