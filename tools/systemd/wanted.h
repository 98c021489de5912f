/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the units of a service are to have: the text that enable writes, and which commands guard a unit as well as that. */
#ifndef EJG_WANTED_H
#define EJG_WANTED_H

#include "tools/base/report.h"

/* What guards units other than the service's own: epmd must not depend on the mode of a log file. */
#define NETWORK_GUARD "net"
/* What confines what a unit starts. */
#define CONFINEMENT "seccomp"
/* What such a unit runs, too, where the stack has it: a local user does not wait for the main unit. */
#define USERS_GUARD "host"

/* The unit that runs the service itself: SERVICE.service, else the first service that is not epmd; NULL: there is none. */
const char *wanted_main_unit(const struct ejg_facts *facts);

/*
 * The drop-in of a unit, from the templates and folders that the command line names. With --seccomp, or where it does so
 * already, it has the unit start its command under the filter of the stack, unless the stack has none.
 * @path: where it is, or will be
 *
 * Return: 0, *ret is to be freed; -EBADMSG, -EPERM, -EIO, -ENOMEM with the message set.
 */
int wanted_dropin(struct report *report, const char *unit, const char *path, bool is_main, char **ret);

/*
 * Whether a command of ejguard's own guards a unit before it starts: `apply --own` of this service, from the same folders as
 * this run's, and with nothing left out that guards it.
 * @words: the command after the tool's path, as systemd shows it: joined by blanks
 */
bool wanted_guards(const struct report *report, const char *words, bool is_main);

#endif
