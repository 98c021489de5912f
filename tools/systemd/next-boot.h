/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the next boot makes of a unit that systemd starts guarded now. */
#ifndef EJG_NEXT_BOOT_H
#define EJG_NEXT_BOOT_H

#include "tools/base/report.h"

/*
 * Reads the unit's files, and sets unit->boot. systemd notices a file that was changed since only if it is newer than
 * the one before; and what is in /run is gone after a boot. Files that cannot be read are taken to be as systemd read
 * them. Return: 0, -ENOMEM.
 */
int next_boot_look(const struct report *report, struct unit *unit, bool is_main);

#endif
