/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Units that the stack does not name: sockets where the guard should be, and what its own sockets start. */
#ifndef EJG_SOCKETS_H
#define EJG_SOCKETS_H

#include "tools/base/report.h"
#include "tools/systemd/dropin.h"

/*
 * Reads the answer of `systemctl show` about socket units: takes those with a listener on epmd's port or on one of the
 * distribution that strangers could reach, unless they are units of the service. Listeners on loopback are left out.
 * @listen: the first such listener, as systemd prints it
 *
 * Return: 0, or what take returned, if that is not 0.
 */
int sockets_read(const struct ejg_facts *facts, char *answer,
		 int (*take)(void *data, const char *name, const char *listen), void *data);

/*
 * Adds a finding for each such unit that does not run `ejguard apply --own` before it makes its listener, and for each
 * unit that a socket unit of the service starts without.
 * If systemd does not answer, there is none. Return: 0, -ENOMEM with the message set.
 */
int sockets_note(struct report *report, const struct dropin_look *look);

#endif
