/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ExecStart= of a unit, from its files without ejguard's drop-in. Words, quotes, specifiers and variables stay as they
 * are written: systemd reads them again, in the same unit.
 */
#ifndef EJG_EXECSTART_H
#define EJG_EXECSTART_H

#include "tools/base/report.h"

/* The effective command after some files of a unit. */
struct execstart {
	char *command; /* the last one; NULL: none */
	size_t n;      /* number of commands */
	bool assigned; /* a file has the setting, even if only to clear it */
};
void execstart_free(struct execstart *execstart);

/* Reads the text of one file. Return: 0, -ENOMEM. */
int execstart_read(struct execstart *execstart, const char *text);

/* The reason why a command cannot be chained, as the end of a sentence; NULL: it can. */
const char *execstart_problem(const struct execstart *execstart);

/* True if a cookie is written in the command: it must not be repeated in a file that others may read. */
bool execstart_has_cookie(const char *command);

/*
 * Finds the command of a unit that ejguard exec will run. @dropin: ejguard's drop-in, which is skipped Return:
 * 0, the caller frees *ret; -EBADMSG if it cannot be chained, -EOPNOTSUPP, -EIO, -ENOMEM, with the message
 * set.
 */
int execstart_find(struct report *report, const char *unit, const char *dropin, char **ret);

#endif
