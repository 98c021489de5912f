/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * filter: attaches programs for a comparison with the guard to a cgroup, and pins them.
 *
 *   filter empty   CGROUP PINS                programs that let everything through, on the hooks of the guard,
 *                                              that of the network namespace in which this runs included
 *   filter host    CGROUP PINS                the same on the hooks of the module host
 *   filter systemd CGROUP PINS ADDRESS...     what systemd makes of IPAddressDeny=any and IPAddressAllow=ADDRESS...
 *
 * The last is the sequence of instructions of systemd 252 (src/core/bpf-firewall.c, bpf_firewall_compile_bpf() and
 * add_lookup_instructions(), without IP accounting): a program for each direction, a trie of IPv4 prefixes that are
 * allowed, everything else denied.
 */
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <string.h>
#include <sys/stat.h>
#include <fcntl.h>

#include "tests/bench/bench.h"

#define MAX_PREFIXES 65536
#define ACCESS_DENIED 2 /* enum in systemd's bpf-firewall.c */

enum { EMPTY = 1, HOST = 2, SYSTEMD = 4 };

static const struct {
	const char *name;
	int mode;
} modes[] = { { "empty", EMPTY }, { "host", HOST }, { "systemd", SYSTEMD } };

static const struct hook {
	const char *name;
	enum bpf_prog_type type;
	enum bpf_attach_type attach;
	int modes;
} hooks[] = {
	{ "bind4", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_INET4_BIND, EMPTY | HOST },
	{ "bind6", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_INET6_BIND, EMPTY | HOST },
	{ "connect4", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_INET4_CONNECT, EMPTY | HOST },
	{ "connect6", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_INET6_CONNECT, EMPTY | HOST },
	{ "post_bind4", BPF_PROG_TYPE_CGROUP_SOCK, BPF_CGROUP_INET4_POST_BIND, HOST },
	{ "post_bind6", BPF_PROG_TYPE_CGROUP_SOCK, BPF_CGROUP_INET6_POST_BIND, HOST },
	{ "ingress", BPF_PROG_TYPE_CGROUP_SKB, BPF_CGROUP_INET_INGRESS, EMPTY | SYSTEMD },
	{ "egress", BPF_PROG_TYPE_CGROUP_SKB, BPF_CGROUP_INET_EGRESS, SYSTEMD },
	{ "lookup", BPF_PROG_TYPE_SK_LOOKUP, BPF_SK_LOOKUP, EMPTY },
};

#define INSN(c, d, s, o, i)                                                                                            \
	{                                                                                                              \
		.code = (c), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (i)                                    \
	}
#define MOV(d, s) INSN(BPF_ALU64 | BPF_MOV | BPF_X, d, s, 0, 0)
#define MOV_IMM(d, i) INSN(BPF_ALU | BPF_MOV | BPF_K, d, 0, 0, i)
#define ADD_IMM(d, i) INSN(BPF_ALU64 | BPF_ADD | BPF_K, d, 0, 0, i)
#define OR_IMM(d, i) INSN(BPF_ALU | BPF_OR | BPF_K, d, 0, 0, i)
#define JUMP(op, d, i, o) INSN(BPF_JMP | (op) | BPF_K, d, 0, o, i)
#define CALL(f) INSN(BPF_JMP | BPF_CALL, 0, 0, 0, f)
#define EXIT() INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)

static int load(const struct hook *hook, const struct bpf_insn *insns, size_t n)
{
	LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = hook->attach);
	int fd = bpf_prog_load(hook->type, hook->name, "GPL", insns, n, &options);

	if (fd < 0)
		fail("the kernel does not take a program");
	return fd;
}

static int load_empty(const struct hook *hook)
{
	const struct bpf_insn insns[] = { MOV_IMM(BPF_REG_0, 1), EXIT() };

	return load(hook, insns, ARRAY_SIZE(insns));
}

/* R8 has the result of the lists, R7 the packet's protocol; the allow list sets bit 1, IPAddressDeny=any bit 2. */
static int load_systemd(const struct hook *hook, int trie)
{
	int offset = hook->attach == BPF_CGROUP_INET_INGRESS ? 12 : 16; /* source, destination in struct iphdr */
	const struct bpf_insn insns[] = {
		MOV(BPF_REG_6, BPF_REG_1),
		INSN(BPF_LDX | BPF_MEM | BPF_W, BPF_REG_7, BPF_REG_6, offsetof(struct __sk_buff, protocol), 0),
		MOV_IMM(BPF_REG_8, 0),
		JUMP(BPF_JNE, BPF_REG_7, htons(ETH_P_IP), 14),
		MOV(BPF_REG_1, BPF_REG_6),
		MOV_IMM(BPF_REG_2, offset),
		MOV(BPF_REG_3, BPF_REG_10),
		ADD_IMM(BPF_REG_3, -4),
		MOV_IMM(BPF_REG_4, 4),
		CALL(BPF_FUNC_skb_load_bytes),
		INSN(BPF_LD | BPF_DW | BPF_IMM, BPF_REG_1, BPF_PSEUDO_MAP_FD, 0, trie),
		INSN(0, 0, 0, 0, 0),
		MOV(BPF_REG_2, BPF_REG_10),
		ADD_IMM(BPF_REG_2, -8),
		INSN(BPF_ST | BPF_MEM | BPF_W, BPF_REG_2, 0, 0, 32),
		CALL(BPF_FUNC_map_lookup_elem),
		JUMP(BPF_JEQ, BPF_REG_0, 0, 1),
		OR_IMM(BPF_REG_8, 1),
		JUMP(BPF_JEQ, BPF_REG_8, 1, 1),
		MOV_IMM(BPF_REG_8, ACCESS_DENIED),
		MOV_IMM(BPF_REG_0, 1),
		JUMP(BPF_JNE, BPF_REG_8, ACCESS_DENIED, 1),
		MOV_IMM(BPF_REG_0, 0),
		EXIT(),
	};

	return load(hook, insns, ARRAY_SIZE(insns));
}

static int make_trie(char *const *addresses)
{
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_NO_PREALLOC);
	int fd = bpf_map_create(BPF_MAP_TYPE_LPM_TRIE, "allow", 8, 8, MAX_PREFIXES, &options);

	if (fd < 0)
		fail("the kernel makes no trie");
	for (; *addresses; addresses++) {
		struct {
			uint32_t length;
			struct in_addr address;
		} key = { .length = 32 };
		uint64_t value = 1;

		if (inet_pton(AF_INET, *addresses, &key.address) != 1 ||
		    bpf_map_update_elem(fd, &key, &value, BPF_ANY) < 0)
			fail(*addresses);
	}
	return fd;
}

static void pin(int fd, const char *folder, const char *name, const char *suffix)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s%s", folder, name, suffix);
	if (bpf_obj_pin(fd, path) < 0)
		fail(path);
}

static int mode_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++)
		if (!strcmp(modes[i].name, name))
			return modes[i].mode;
	return 0;
}

int main(int argc, char **argv)
{
	cleanup_fd int cgroup = -1, trie = -1, netns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	int mode = argc > 3 ? mode_of(argv[1]) : 0;

	if (!mode)
		return 2;
	if (mkdir(argv[3], 0700) < 0 && errno != EEXIST)
		fail(argv[3]);
	cgroup = open(argv[2], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (cgroup < 0)
		fail(argv[2]);
	if (mode == SYSTEMD)
		trie = make_trie(argv + 4);
	for (size_t i = 0; i < ARRAY_SIZE(hooks); i++) {
		cleanup_fd int program = -1, link = -1;

		if (!(hooks[i].modes & mode))
			continue;
		program = mode == SYSTEMD ? load_systemd(&hooks[i], trie) : load_empty(&hooks[i]);
		link = bpf_link_create(program, hooks[i].attach == BPF_SK_LOOKUP ? netns : cgroup, hooks[i].attach,
				       NULL);
		if (link < 0)
			fail("the kernel does not attach a program");
		pin(program, argv[3], hooks[i].name, "");
		pin(link, argv[3], hooks[i].name, ":link");
	}
	return 0;
}
