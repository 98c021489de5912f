/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef EJG_NET_ADDRESS_H
#define EJG_NET_ADDRESS_H

#include "bpf/policy.h"

/* Parses the address of a question. Return: 0, or -EINVAL: the caller's mistake. *ret is untouched on failure. */
int address_parse(const char *text, struct policy_address *ret);

#endif
