/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opens the library's handle for a run: folders, log, cancellation. */
#ifndef EJG_TOOL_HANDLE_H
#define EJG_TOOL_HANDLE_H

#include "tools/base/report.h"

/*
 * Opens report->handle for report->service with the folders and the log of the arguments; from then on SIGINT, SIGTERM
 * and SIGHUP cancel the verb, which then undoes its changes. handle_close() ends that.
 *
 * Return: 0; -EINVAL, -ENOMEM with the message set.
 */
int handle_open(const struct arguments *arguments, struct report *report);
void handle_close(struct report *report);
/* Restores the default action of the signals. Return: true if one has come since handle_open(). */
bool handle_release_signals(void);
/* True if a module of that name is loaded. */
bool handle_has_module(const struct report *report, const char *name);
/* If stderr is a terminal: shows there what the run waits for, in one line, until handle_end_progress(). */
void handle_progress(struct report *report, const char *text);
/* Removes the progress messages from the screen. */
void handle_end_progress(struct report *report);

#endif
