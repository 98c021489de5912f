/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/seccomp/rules.h"

#include <errno.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "libejguard/util/cleanup.h"

/* Protocols and options that the headers of Debian 12 do not define: include/uapi/linux/in.h, asm-generic/socket.h. */
#define PROTOCOL_L2TP 115
#define PROTOCOL_SMC 256
#define PROTOCOL_MPTCP 262
#define OPTION_BIND_TO_IFINDEX 62

/* The kernel reads an int and ignores the upper half of the register: so must the comparison. */
#define LOW_HALF 0xffffffffULL
#define TYPE_MASK 0xfULL /* SOCK_TYPE_MASK of include/linux/net.h: the rest are SOCK_CLOEXEC and SOCK_NONBLOCK */

#define CALL(name, why)                                                                                                \
	{                                                                                                              \
		.call = #name, .group = (why), .error = EPERM                                                          \
	}
#define CALL_BY_NUMBER(name, n, why)                                                                                   \
	{                                                                                                              \
		.call = #name, .number = (n), .group = (why), .error = EPERM                                           \
	}

#define EQUAL(argument, value)                                                                                         \
	{                                                                                                              \
		(argument), SCMP_CMP_MASKED_EQ, LOW_HALF, (value)                                                      \
	}
#define ABOVE(argument, value)                                                                                         \
	{                                                                                                              \
		(argument), SCMP_CMP_GT, (value), 0                                                                    \
	}
#define TYPE(value)                                                                                                    \
	{                                                                                                              \
		1, SCMP_CMP_MASKED_EQ, TYPE_MASK, (value)                                                              \
	}

#define FAMILY(value)                                                                                                  \
	{                                                                                                              \
		.call = "socket", .group = RULE_SOCKETS, .error = EAFNOSUPPORT, .conditions = { EQUAL(0, value) },     \
		.n_conditions = 1                                                                                      \
	}
#define OTHER_FAMILIES                                                                                                 \
	{                                                                                                              \
		.call = "socket", .group = RULE_SOCKETS, .error = EAFNOSUPPORT,                                        \
		.conditions = { ABOVE(0, AF_NETLINK) }, .n_conditions = 1                                              \
	}
#define SOCKET_TYPE(family, value)                                                                                     \
	{                                                                                                              \
		.call = "socket", .group = RULE_SOCKETS, .error = EPERM,                                               \
		.conditions = { EQUAL(0, family), TYPE(value) }, .n_conditions = 2                                     \
	}
#define PROTOCOL(family, value, why)                                                                                   \
	{                                                                                                              \
		.call = "socket", .group = (why), .error = EPROTONOSUPPORT,                                            \
		.conditions = { EQUAL(0, family), EQUAL(2, value) }, .n_conditions = 2                                 \
	}
#define OTHER_PROTOCOLS(family, last)                                                                                  \
	{                                                                                                              \
		.call = "socket", .group = RULE_SOCKETS, .error = EPROTONOSUPPORT,                                     \
		.conditions = { EQUAL(0, family), ABOVE(2, last) }, .n_conditions = 2                                  \
	}
#define INTERNET(family)                                                                                               \
	SOCKET_TYPE(family, SOCK_RAW), SOCKET_TYPE(family, SOCK_SEQPACKET), SOCKET_TYPE(family, SOCK_DCCP),            \
		SOCKET_TYPE(family, SOCK_PACKET), PROTOCOL(family, IPPROTO_DCCP, RULE_SOCKETS),                        \
		PROTOCOL(family, PROTOCOL_L2TP, RULE_SOCKETS), PROTOCOL(family, IPPROTO_SCTP, RULE_SOCKETS),           \
		PROTOCOL(family, IPPROTO_RAW, RULE_SOCKETS), PROTOCOL(family, PROTOCOL_SMC, RULE_SOCKETS),             \
		OTHER_PROTOCOLS(family, PROTOCOL_MPTCP), PROTOCOL(family, PROTOCOL_MPTCP, RULE_MPTCP)
#define NEW_NAMESPACE(flag)                                                                                            \
	{                                                                                                              \
		.call = "clone", .group = RULE_NAMESPACES, .error = EPERM,                                             \
		.conditions = { { 0, SCMP_CMP_MASKED_EQ, (flag), (flag) } }, .n_conditions = 1                         \
	}
/*
 * sock_create() of the kernel makes sockets of the family, and loads its module, before it asks whether it has pairs.
 */
#define OTHER_PAIRS                                                                                                    \
	{                                                                                                              \
		.call = "socketpair", .group = RULE_SOCKETS, .error = EAFNOSUPPORT,                                    \
		.conditions = { ABOVE(0, AF_UNIX) }, .n_conditions = 1                                                 \
	}
#define TERMINAL(request)                                                                                              \
	{                                                                                                              \
		.call = "ioctl", .group = RULE_TERMINALS, .error = EPERM, .conditions = { EQUAL(1, request) },         \
		.n_conditions = 1                                                                                      \
	}
#define SOCKET_OPTION(name)                                                                                            \
	{                                                                                                              \
		.call = "setsockopt", .group = RULE_SOCKETS, .error = EPERM,                                           \
		.conditions = { EQUAL(1, SOL_SOCKET), EQUAL(2, name) }, .n_conditions = 2                              \
	}

const struct rule rules[] = {
	CALL(bpf, RULE_BPF),

	CALL(io_uring_setup, RULE_IO_URING),
	CALL(io_uring_enter, RULE_IO_URING),
	CALL(io_uring_register, RULE_IO_URING),

	CALL(ptrace, RULE_OTHER_PROCESSES),
	CALL(process_vm_readv, RULE_OTHER_PROCESSES),
	CALL(process_vm_writev, RULE_OTHER_PROCESSES),
	CALL(process_madvise, RULE_OTHER_PROCESSES),
	CALL(pidfd_getfd, RULE_OTHER_PROCESSES),
	CALL(kcmp, RULE_OTHER_PROCESSES),

	CALL(unshare, RULE_NAMESPACES),
	CALL(setns, RULE_NAMESPACES),
	/*
	 * Its flags are in memory, which a filter cannot read: with ENOSYS the C library uses clone() instead. It tries
	 * clone3() first for every thread, so this call never ends the process.
	 */
	{ .call = "clone3", .group = RULE_NAMESPACES, .error = ENOSYS, .never_kill = true },
	NEW_NAMESPACE(CLONE_NEWNS),
	NEW_NAMESPACE(CLONE_NEWCGROUP),
	NEW_NAMESPACE(CLONE_NEWUTS),
	NEW_NAMESPACE(CLONE_NEWIPC),
	NEW_NAMESPACE(CLONE_NEWUSER),
	NEW_NAMESPACE(CLONE_NEWPID),
	NEW_NAMESPACE(CLONE_NEWNET),

	CALL(mount, RULE_MOUNTS),
	CALL(umount2, RULE_MOUNTS),
	CALL(pivot_root, RULE_MOUNTS),
	CALL(chroot, RULE_MOUNTS),
	CALL(open_tree, RULE_MOUNTS),
	CALL_BY_NUMBER(open_tree_attr, 467, RULE_MOUNTS),
	CALL(move_mount, RULE_MOUNTS),
	CALL(fsopen, RULE_MOUNTS),
	CALL(fsconfig, RULE_MOUNTS),
	CALL(fsmount, RULE_MOUNTS),
	CALL(fspick, RULE_MOUNTS),
	CALL_BY_NUMBER(mount_setattr, 442, RULE_MOUNTS),
	CALL(open_by_handle_at, RULE_MOUNTS),

	CALL(init_module, RULE_KERNEL),
	CALL(finit_module, RULE_KERNEL),
	CALL(delete_module, RULE_KERNEL),
	CALL(kexec_load, RULE_KERNEL),
	CALL(kexec_file_load, RULE_KERNEL),
	CALL(reboot, RULE_KERNEL),
	CALL(swapon, RULE_KERNEL),
	CALL(swapoff, RULE_KERNEL),
	CALL(acct, RULE_KERNEL),
	CALL(quotactl, RULE_KERNEL),
	CALL_BY_NUMBER(quotactl_fd, 443, RULE_KERNEL),
	CALL(iopl, RULE_KERNEL),
	CALL(ioperm, RULE_KERNEL),
	CALL(modify_ldt, RULE_KERNEL),
	CALL(syslog, RULE_KERNEL),
	CALL(vhangup, RULE_KERNEL),

	CALL(add_key, RULE_KEYRINGS),
	CALL(request_key, RULE_KEYRINGS),
	CALL(keyctl, RULE_KEYRINGS),

	CALL(perf_event_open, RULE_TRACING),
	CALL(userfaultfd, RULE_TRACING),
	CALL(lookup_dcookie, RULE_TRACING),
	CALL(fanotify_init, RULE_TRACING),

	/* Linux before 6.2 lets everybody type for the shell from which the service was started. */
	TERMINAL(TIOCSTI),
	TERMINAL(TIOCLINUX),

	CALL(settimeofday, RULE_CLOCK_AND_NAMES),
	CALL(clock_settime, RULE_CLOCK_AND_NAMES),
	CALL(clock_adjtime, RULE_CLOCK_AND_NAMES),
	CALL(adjtimex, RULE_CLOCK_AND_NAMES),
	CALL(sethostname, RULE_CLOCK_AND_NAMES),
	CALL(setdomainname, RULE_CLOCK_AND_NAMES),

	/* AF_UNIX, AF_INET, AF_INET6 and AF_NETLINK stay allowed. */
	FAMILY(AF_UNSPEC),
	FAMILY(3),
	FAMILY(4),
	FAMILY(5),
	FAMILY(6),
	FAMILY(7),
	FAMILY(8),
	FAMILY(9),
	FAMILY(11),
	FAMILY(12),
	FAMILY(13),
	FAMILY(14),
	FAMILY(15),
	OTHER_FAMILIES,
	OTHER_PAIRS,
	INTERNET(AF_INET),
	INTERNET(AF_INET6),
	/* Netlink's addresses and routes (getifaddrs) and the list of sockets stay allowed. */
	PROTOCOL(AF_NETLINK, 1, RULE_SOCKETS),
	PROTOCOL(AF_NETLINK, NETLINK_USERSOCK, RULE_SOCKETS),
	PROTOCOL(AF_NETLINK, 3, RULE_SOCKETS),
	OTHER_PROTOCOLS(AF_NETLINK, NETLINK_SOCK_DIAG),
	SOCKET_OPTION(SO_BINDTODEVICE),
	SOCKET_OPTION(OPTION_BIND_TO_IFINDEX),
};
const size_t n_rules = ARRAY_SIZE(rules);

const char *rule_group_name(enum rule_group group)
{
	static const char *const names[N_RULE_GROUPS] = {
		[RULE_BPF] = "bpf",
		[RULE_IO_URING] = "io_uring",
		[RULE_OTHER_PROCESSES] = "other processes",
		[RULE_NAMESPACES] = "namespaces",
		[RULE_MOUNTS] = "mounts",
		[RULE_KERNEL] = "kernel",
		[RULE_KEYRINGS] = "keyrings",
		[RULE_TRACING] = "tracing",
		[RULE_TERMINALS] = "terminals",
		[RULE_CLOCK_AND_NAMES] = "clock and names",
		[RULE_SOCKETS] = "sockets",
		[RULE_MPTCP] = "mptcp",
	};

	return names[group];
}

int rule_number(const struct rule *rule)
{
	int number = seccomp_syscall_resolve_name(rule->call);

	return number == __NR_SCMP_ERROR && rule->number ? rule->number : number;
}

void rule_sample(const struct rule *rule, uint64_t arguments[RULE_N_ARGUMENTS])
{
	/* An invalid pointer, a descriptor that is not open, an impossible size and command. */
	for (size_t i = 0; i < RULE_N_ARGUMENTS; i++)
		arguments[i] = rule->n_conditions ? 0 : UINT64_MAX;
	for (unsigned int i = 0; i < rule->n_conditions; i++) {
		const struct scmp_arg_cmp *condition = &rule->conditions[i];

		arguments[condition->arg] = condition->op == SCMP_CMP_GT ? condition->datum_a + 1 : condition->datum_b;
	}
	/* Uses an invalid socket for such an option. */
	if (rule->n_conditions && rule->conditions[0].arg != 0)
		arguments[0] = UINT64_MAX;
}

const char *rule_text(const struct rule *rule, char *text, size_t size)
{
	size_t used = (size_t)snprintf(text, size, "%s", rule->call);

	for (unsigned int i = 0; i < rule->n_conditions && used < size; i++) {
		const struct scmp_arg_cmp *condition = &rule->conditions[i];
		bool above = condition->op == SCMP_CMP_GT;

		used += (size_t)snprintf(text + used, size - used, "%sargument %u %s %#llx", i ? ", " : "(",
					 condition->arg + 1, above ? "above" : "=",
					 (unsigned long long)(above ? condition->datum_a : condition->datum_b));
	}
	if (rule->n_conditions && used < size)
		snprintf(text + used, size - used, ")");
	return text;
}
