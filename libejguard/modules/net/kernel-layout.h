/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Positions in this kernel's structures that a policy needs. */
#ifndef EJG_NET_KERNEL_LAYOUT_H
#define EJG_NET_KERNEL_LAYOUT_H

#include "libejguard/modules/net/policy.h"

/*
 * Writes the position of IPV6_V6ONLY in struct sock into the head, from the kernel's BTF. It stays zero, "not known",
 * if the kernel has no BTF or has the bit outside of the first bytes, which are all that the program reads.
 */
void kernel_layout_find(struct policy_head *head);

#endif
