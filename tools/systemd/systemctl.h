/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asking systemd, by its own tool. */
#ifndef EJG_SYSTEMCTL_H
#define EJG_SYSTEMCTL_H

#include <stdint.h>

#include "tools/base/unit.h"

/* Whether systemd is the service manager here. */
bool systemctl_available(void);

/*
 * systemctl daemon-reload. Return: 0 or -EIO; *ret_problem, to be freed, is what systemctl said (NULL without memory).
 */
int systemctl_reload(char **ret_problem);

/* systemctl VERB UNIT. Return: as systemctl_reload(). */
int systemctl_do(const char *verb, const char *unit, char **ret_problem);

/*
 * The first line of `systemctl --version` and the words that tell what it was built with. Return: 0; -EIO when there is
 * no systemctl; -ENOMEM. *ret, to be freed, is untouched on failure.
 */
int systemctl_version(char **ret);

/*
 * The files of a unit in the order in which systemd reads them: the fragment, a newline, the drop-ins. Return: 0, *ret is to be freed;
 * -EIO, -ENOMEM.
 */
int systemctl_files(const char *unit, char **ret);

/* Asks about a unit and writes the answer into it. Return: 0, -EIO, -ENOMEM; on failure unit->asked stays false. */
int systemctl_ask(struct unit *unit);

/*
 * Reads the answer of `systemctl show` about a unit. changed_usec: when the drop-in was changed, by CLOCK_MONOTONIC.
 * Return: 0, -ENOMEM.
 */
int systemctl_read_answer(struct unit *unit, char *answer, uint64_t changed_usec);

#endif
