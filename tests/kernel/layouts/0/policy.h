/* SPDX-License-Identifier: GPL-2.0-or-later OR LGPL-2.1-or-later */
/*
 * Layout 0, which was in no release: the smallest policy that guards. It represents the pins of an older library:
 * another size of `meta` and of the policy, the same paths in bpffs, no tables of denials. Never change it.
 */
#ifndef EJG_LAYOUT_0_H
#define EJG_LAYOUT_0_H

#include <linux/types.h>

enum { LAYOUT_0_ADDRESSES = 4 };

/* Addresses in network order, IPv4 as ::ffff:a.b.c.d; those that are not used are ::. */
struct layout_0_policy {
	__u16 first_port;
	__u16 last_port;
	__u32 listen[LAYOUT_0_ADDRESSES][4];
	__u32 peers[LAYOUT_0_ADDRESSES][4];
};

struct layout_0_meta {
	__u32 layout;
	char version[24];
};

#endif
