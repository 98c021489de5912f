/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/net/kernel-layout.h"

#include <bpf/btf.h>
#include <string.h>

/* Bytes of the socket that bind.bpf.c reads. */
#define SOCKET_BYTES 64

/* struct sock begins with struct sock_common (include/net/sock.h). */
void kernel_layout_find(struct policy_head *head)
{
	struct btf *btf = btf__load_vmlinux_btf();
	const struct btf_type *type;
	int id;

	if (!btf)
		return;
	id = btf__find_by_name_kind(btf, "sock_common", BTF_KIND_STRUCT);
	type = id > 0 ? btf__type_by_id(btf, id) : NULL;
	for (unsigned int i = 0; type && i < btf_vlen(type); i++) {
		const struct btf_member *member = btf_members(type) + i;
		uint32_t bit = btf_member_bit_offset(type, i);

		if (strcmp(btf__name_by_offset(btf, member->name_off), "skc_ipv6only") || bit >= SOCKET_BYTES * 8)
			continue;
		head->ipv6only_byte = bit / 8;
		/*
		 * Little-endian machines count bits from the least significant one, others from the most significant
		 * one.
		 */
		head->ipv6only_mask = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 1U << bit % 8 : 0x80U >> bit % 8;
	}
	btf__free(btf);
}
