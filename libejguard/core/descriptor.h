/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A module's descriptor: copied by size, then checked by the rules of <ejguard/module.h>. */
#ifndef EJG_CORE_DESCRIPTOR_H
#define EJG_CORE_DESCRIPTOR_H

#include "libejguard/core/report.h"

/*
 * Copies the members of `exported` into *ret and checks them. The tables are copied by their element sizes too, into
 * the arena. *ret_problem (from the arena) says what is wrong and what to do about it.
 *
 * Return: 0, -EBADMSG, -ENOMEM.
 */
int descriptor_read(struct arena *arena, const struct ejg_module *exported, const char *name, struct ejg_module *ret,
		    const char **ret_problem);

#endif
