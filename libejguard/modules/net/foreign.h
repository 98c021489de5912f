/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds programs of others on the same hooks that could affect the guard. */
#ifndef EJG_NET_FOREIGN_H
#define EJG_NET_FOREIGN_H

#include "libejguard/modules/net/pins.h"

struct foreign {
	struct ejg_call *call;
	const struct pins *pins;
	bool undoing; /* report only those that could undo a refusal */
};

/* True for a program of any set of ejguard at that hook, pinned by root. Such a program undoes no refusal. */
bool foreign_is_of_set(uint32_t id, enum policy_hook hook);

/* The name of a program, or "?". */
void foreign_name(uint32_t id, char name[static BPF_OBJ_NAME_LEN]);

/*
 * Reports the programs of others on the hooks of the kind at a cgroup, as `foreign`, `foreign-above` and `blocked`.
 * @above: the cgroup is a parent of a guarded cgroup
 *
 * Return: true if one of them could undo a refusal, or if that is unknown.
 */
bool foreign_report(const struct foreign *f, const char *cgroup, bool above);

#endif
