/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The required state of a service's units: the text that enable writes, and commands with the same effect. */
#ifndef EJG_WANTED_H
#define EJG_WANTED_H

#include "tools/base/report.h"

/* The module for units other than the service's own: epmd must not depend on the mode of a log file. */
#define NETWORK_GUARD "net"
/* The module that confines the processes of a unit. */
#define CONFINEMENT "seccomp"
/* Also for such a unit, if the stack has it: a local user does not wait for the main unit. */
#define USERS_GUARD "host"

/* The unit that runs the service itself: SERVICE.service, else the first service that is not epmd; NULL: none. */
const char *wanted_main_unit(const struct ejg_facts *facts);

/*
 * The drop-in of a unit, from the templates and folders of the command line. With --seccomp, or if it does so already,
 * the unit starts its command under the filter of the stack, unless the stack has none.
 * @path: of the existing or new drop-in
 *
 * Return: 0, the caller frees *ret; -EBADMSG, -EPERM, -EIO, -ENOMEM with the message set.
 */
int wanted_dropin(struct report *report, const char *unit, const char *path, bool is_main, char **ret);

/* True if the text of a drop-in is the wanted one, except that it was written before the stack got the module host. */
bool wanted_lacks_users(const char *text, const char *wanted);

/*
 * True if a command of ejguard guards a unit before it starts: `apply --own` of this service, with the same folders as
 * in this run, and without an option that leaves out a guard.
 * @words: the command after the tool's path, as systemd prints it: joined by blanks
 */
bool wanted_guards(const struct report *report, const char *words, bool is_main);

#endif
