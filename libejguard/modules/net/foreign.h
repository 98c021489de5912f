/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whose programs stand on the same hooks, and what they could do to the guard. */
#ifndef EJG_NET_FOREIGN_H
#define EJG_NET_FOREIGN_H

#include "libejguard/modules/net/pins.h"

struct foreign {
	struct ejg_call *call;
	const struct pins *pins;
	bool undoing; /* report only those that could undo a refusal */
};

/* Whether a program is one of a set of ejguard's at that hook: only root can have pinned it there. It undoes no refusal. */
bool foreign_is_of_set(uint32_t id, enum policy_hook hook);

/* The name of a program, or "?". */
void foreign_name(uint32_t id, char name[static BPF_OBJ_NAME_LEN]);

/*
 * Reports the programs of others on the hooks of the kind at a cgroup, as `foreign`, `foreign-above` and `blocked`.
 * @above: it stands above a cgroup that is guarded
 *
 * Return: whether one of them could undo a refusal, or that cannot be told.
 */
bool foreign_report(const struct foreign *f, const char *cgroup, bool above);

#endif
