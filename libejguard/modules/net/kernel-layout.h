/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where this kernel's structures have what a policy needs. */
#ifndef EJG_NET_KERNEL_LAYOUT_H
#define EJG_NET_KERNEL_LAYOUT_H

#include "libejguard/modules/net/policy.h"

/*
 * Writes the place of IPV6_V6ONLY in struct sock into the head, from the kernel's BTF. Left at zero, "not known", where the
 * kernel has none or keeps the bit elsewhere than in the first bytes, which are all that the program looks at.
 */
void kernel_layout_find(struct policy_head *head);

#endif
