/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Drop-ins: planned first, then written and removed all or not at all. */
#ifndef EJG_DROPIN_H
#define EJG_DROPIN_H

#include "tools/output.h"

enum { DROPIN_MAX_SIZE = 64 * 1024 };

/*
 * Adds a unit whose drop-in in unitdir is to hold content, which it takes over; NULL: is to go. What the file
 * holds now is read. A file that is not ejguard's for this service is an error, or, when it was to go, left alone.
 *
 * Return: 0; -EACCES, -EPERM, -EIO, -ENOMEM with the message set.
 */
int dropin_plan(struct output *output, const char *unitdir, const char *unit, char *content);

/*
 * Plans the removal of every drop-in in unitdir that ejguard wrote for this service, except for units that are planned
 * already. Files of that name that nobody can tell the writer of are added as UNIT_FOREIGN.
 */
int dropin_plan_removals(struct output *output, const char *unitdir);

/* Does what was planned. On failure everything is as it was, and the message is set. */
int dropin_commit(struct output *output);

/*
 * Adds findings of at least that severity: whether each unit of the service starts guarded. Return: 0; -EACCES, -EPERM,
 * -EIO, -ENOMEM with the message set.
 */
int dropin_notes(struct output *output, const char *unitdir, bool ask_systemd, enum ejg_severity least);

/* The text of a drop-in: our header, then the template with @SERVICE@ and @COMMAND@ replaced. */
int dropin_render(struct output *output, const char *template_path, const char *command, char **ret);

/* A negative errno of the system as one of <ejguard/ejguard.h>. */
int dropin_errno(int error);

/* A word of a command line in a unit file: quoted, with %% and $$. NULL without memory. */
char *dropin_quote(const char *word);

#endif
