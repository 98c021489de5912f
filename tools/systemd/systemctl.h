/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asks systemd, by systemctl(1). */
#ifndef EJG_SYSTEMCTL_H
#define EJG_SYSTEMCTL_H

#include <stdint.h>

#include "tools/base/unit.h"

/* True if systemd is the service manager of this host. */
bool systemctl_available(void);

/*
 * systemctl daemon-reload. Return: 0 or -EIO; *ret_problem, which the caller frees, is systemctl's message (NULL
 * without memory).
 */
int systemctl_reload(char **ret_problem);

/* systemctl VERB UNIT. Return: as systemctl_reload(). */
int systemctl_do(const char *verb, const char *unit, char **ret_problem);

/*
 * The first line of `systemctl --version` and the words for its build options. Return: 0; -EIO when systemctl is
 * missing; -ENOMEM. *ret, which the caller frees, is untouched on failure.
 */
int systemctl_version(char **ret);

/*
 * Asks about all socket units that systemd knows, running or not. Return: 0, the caller frees *ret; -EIO, -ENOMEM.
 */
int systemctl_sockets(char **ret);

/* Asks about the names of a unit, and about what a socket unit starts. Return: as systemctl_sockets(). */
int systemctl_triggers(const char *unit, char **ret);

/* The exit statuses that are a success of a unit. Return: as systemctl_sockets(). */
int systemctl_successes(const char *unit, char **ret);

/*
 * The files of a unit in the order in which systemd reads them: the fragment, a newline, the drop-ins. Return: 0, the
 * caller frees *ret; -EIO, -ENOMEM.
 */
int systemctl_files(const char *unit, char **ret);

/* Asks about a unit and stores the answer in it. Return: 0, -EIO, -ENOMEM; on failure unit->asked stays false. */
int systemctl_ask(struct unit *unit);

/*
 * Reads the answer of `systemctl show` about a unit. changed_usec: time of the drop-in's last change, by
 * CLOCK_MONOTONIC.
 * Return: 0, -ENOMEM.
 */
int systemctl_read_answer(struct unit *unit, char *answer, uint64_t changed_usec);

#endif
