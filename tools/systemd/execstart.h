/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ExecStart= of a unit, as its files have it without ejguard's drop-in. Words, quotes, specifiers and variables stay as they
 * are written: systemd reads them again, in the same unit.
 */
#ifndef EJG_EXECSTART_H
#define EJG_EXECSTART_H

#include "tools/base/report.h"

/* The command that is in effect after some files of a unit. */
struct execstart {
	char *command; /* the last one; NULL: none */
	size_t n;      /* how many there are */
	bool assigned; /* a file has the setting at all, were it to clear it */
};
void execstart_free(struct execstart *execstart);

/* Goes through the text of one file. Return: 0, -ENOMEM. */
int execstart_read(struct execstart *execstart, const char *text);

/* What keeps a command from being chained, as the end of a sentence; NULL: nothing. */
const char *execstart_problem(const struct execstart *execstart);

/*
 * The command of a unit, which runs through ejguard exec afterwards.
 * @dropin: ejguard's drop-in, which is left out
 * Return: 0, *ret is to be freed; -EBADMSG where it cannot be chained, -EOPNOTSUPP, -EIO, -ENOMEM, with the message set.
 */
int execstart_find(struct report *report, const char *unit, const char *dropin, char **ret);

#endif
