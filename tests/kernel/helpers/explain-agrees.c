/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * explain-agrees CGROUP POLICIES ATTEMPTS SEED: applies random policies to CGROUP, in which this process is; makes
 * random attempts with real sockets, and with forged SYNs over the TUN device `wire`; and asks explain about each. The
 * results must be equal.
 */
#include "tests/kernel/helpers/cases.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <ejguard/ejguard.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "bpf/policy.h"
#include "libejguard/util/cleanup.h"
#include "tests/kernel/helpers/packet.h"

#define SERVICE "explain"
#define HALVES(high, low) ((bits)(high) << 64 | (low))

enum answer {
	ALLOWED,
	REFUSED,
	NOT_ASKED, /* the kernel drops such a packet itself, or nothing can listen there */
};

struct asker {
	const char *cgroup, *conf;
	struct ejg *handle;
	int wire, counters;
	bits local[2]; /* addresses of listen= other than loopback, for IPv4 and IPv6; or any of this host's */
	struct {
		uint16_t port;
		int fds[2];
	} listeners[MAX_PORTS];
	unsigned int n_listeners;
	unsigned long n[3][2], not_asked, different;
};

static bool is_loopback(bits address)
{
	return address <= 1 || address >> 24 == 0xffff7f || address == (bits)0xffff << 32;
}

/* This host's own addresses, see explain.sh: they are not answered over the wire. */
static bool is_own(bits address)
{
	return address >> 8 == 0xffffc63364 || address >> 64 == 0x20010db800010000;
}

static socklen_t write_address(bits address, uint16_t port, bool ipv4, struct sockaddr_storage *ret)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ret;
	struct sockaddr_in *in = (struct sockaddr_in *)ret;

	*ret = (struct sockaddr_storage){};
	if (ipv4) {
		in->sin_family = AF_INET;
		in->sin_port = htons(port);
		in->sin_addr.s_addr = htonl((uint32_t)address);
		return sizeof(*in);
	}
	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons(port);
	in6->sin6_scope_id = 1;
	cases_bytes(address, in6->sin6_addr.s6_addr);
	return sizeof(*in6);
}

/* A socket that may bind any address, local or not. */
static int open_socket(bool ipv4, bool only_ipv6)
{
	int fd = socket(ipv4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	setsockopt(fd, SOL_IP, IP_FREEBIND, &on, sizeof(on));
	if (only_ipv6)
		setsockopt(fd, SOL_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	return fd;
}

static enum answer ask_by_socket(const struct attempt_case *a)
{
	bool ipv4 = is_ipv4(a->address) && !a->mapped;
	/* wildcard=rewrite refuses dual-stack sockets; a question does not have that property. */
	cleanup_fd int fd = open_socket(ipv4, !is_ipv4(a->address));
	struct sockaddr_storage address;
	socklen_t size = write_address(a->address, a->port, ipv4, &address);
	int r = (a->action == EJG_BIND ? bind : connect)(fd, (struct sockaddr *)&address, size);

	return r < 0 && errno == EPERM ? REFUSED : ALLOWED;
}

static uint64_t count_ingress(const struct asker *asker)
{
	int n = libbpf_num_possible_cpus();
	cleanup_free uint64_t *values = calloc(n, sizeof(*values));
	uint64_t sum = 0;

	for (uint32_t reason = 0; reason < POLICY_N_REASONS; reason++) {
		uint32_t key = POLICY_COUNTER(0, POLICY_INGRESS, reason);

		if (bpf_map_lookup_elem(asker->counters, &key, values) == 0)
			for (int cpu = 0; cpu < n; cpu++)
				sum += values[cpu];
	}
	return sum;
}

static bool is_answered(const struct asker *asker, uint16_t port)
{
	unsigned char bytes[2048];
	bool answered = false;
	ssize_t n;

	while ((n = read(asker->wire, bytes, sizeof(bytes))) > 0)
		answered |= packet_is_syn_ack(bytes, n, port);
	return answered;
}

static bool is_listening(const struct asker *asker, uint16_t port, bool ipv6)
{
	for (unsigned int i = 0; i < asker->n_listeners; i++)
		if (asker->listeners[i].port == port && asker->listeners[i].fds[ipv6] >= 0)
			return true;
	return false;
}

static enum answer ask_by_packet(const struct asker *asker, const struct attempt_case *a)
{
	bool ipv6 = !is_ipv4(a->address);
	unsigned char source[16], destination[16];
	struct packet packet;
	uint64_t before;

	if (is_loopback(a->address) || is_own(a->address) || !is_listening(asker, a->port, ipv6))
		return NOT_ASKED;
	cases_bytes(a->address, source);
	cases_bytes(asker->local[ipv6], destination);
	packet = ipv6 ? packet_syn6(source, destination, 40000, a->port)
		      : packet_syn4(source + 12, destination + 12, 40000, a->port);
	before = count_ingress(asker);
	is_answered(asker, a->port);
	/* The kernel processes the packet completely, with the answer, before write() returns. */
	if (write(asker->wire, &packet, packet.size) < 0)
		return NOT_ASKED;
	if (is_answered(asker, a->port))
		return ALLOWED;
	return count_ingress(asker) > before ? REFUSED : NOT_ASKED;
}

static enum answer ask_explain(const struct asker *asker, const struct attempt_case *a)
{
	char text[INET6_ADDRSTRLEN];
	const struct ejg_question question = {
		.size = sizeof(question),
		.action = a->action,
		.port = a->port,
		.address = cases_format(a->address, text),
	};
	const struct ejg_answer *answer;
	int r = ejg_explain(asker->handle, &question);

	answer = ejg_answer_get(asker->handle, 0);
	if ((r != 0 && r != -EACCES) || !answer || answer->allowed != (r == 0)) {
		fprintf(stderr, "explain: %s\n", ejg_error(asker->handle));
		exit(1);
	}
	return answer->allowed ? ALLOWED : REFUSED;
}

static void compare(struct asker *asker, const struct attempt_case *a)
{
	static const char *const actions[] = { "bind", "connect", "accept" }, *const words[] = { "allowed", "refused" };
	enum answer kernel = a->action == EJG_ACCEPT ? ask_by_packet(asker, a) : ask_by_socket(a), explained;
	char text[INET6_ADDRSTRLEN];

	if (kernel == NOT_ASKED) {
		asker->not_asked++;
		return;
	}
	asker->n[a->action][kernel]++;
	explained = ask_explain(asker, a);
	if (explained == kernel)
		return;
	asker->different++;
	printf("not ok - %s %s %u%s: the kernel says %s, explain says %s (%s)\n", actions[a->action],
	       cases_format(a->address, text), a->port, a->mapped ? " mapped" : "", words[kernel], words[explained],
	       ejg_answer_get(asker->handle, 0)->rule);
}

static void die(const struct asker *asker, const char *what)
{
	fprintf(stderr, "explain-agrees: %s: %s\n", what, asker->handle ? ejg_error(asker->handle) : strerror(errno));
	exit(1);
}

/* Reserves ports, so that the kernel assigns them to no process. */
static void reserve_ports(struct asker *asker, const char *list)
{
	FILE *file = fopen("/proc/sys/net/ipv4/ip_local_reserved_ports", "we");

	if (!file || fprintf(file, "%s\n", list) < 0 || fclose(file) != 0)
		die(asker, "ip_local_reserved_ports");
}

static void apply(struct asker *asker, const struct policy_case *policy)
{
	const struct ejg_options options = {
		.size = sizeof(options), .service = SERVICE, .confdir = asker->conf, .moduledir = getenv("EJG_MODULES")
	};
	const struct ejg_apply_options how = {
		.size = sizeof(how), .cgroups = &asker->cgroup, .n_cgroups = 1, .no_proof = true
	};
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/" SERVICE, asker->conf);
	file = fopen(path, "we");
	if (!file)
		die(asker, path);
	cases_write_stack(policy, file);
	fclose(file);
	asker->handle = ejg_close(asker->handle);
	/* The ranges are arbitrary: check would report those that the kernel assigns, and the attempts need them. */
	reserve_ports(asker, "1-65535");
	if (ejg_open(&options, &asker->handle) < 0 || ejg_apply(asker->handle, &how) < 0)
		die(asker, "apply");
	reserve_ports(asker, "");
	ejg_close_fd(&asker->counters);
	asker->counters = bpf_obj_get("/sys/fs/bpf/ejguard/" SERVICE "/counters");
	if (asker->counters < 0)
		die(asker, "counters");
}

static int listen_at(bits address, uint16_t port, bool ipv4)
{
	struct sockaddr_storage storage;
	socklen_t size = write_address(address, port, ipv4, &storage);
	int fd = open_socket(ipv4, !ipv4);

	if (bind(fd, (struct sockaddr *)&storage, size) == 0 && listen(fd, 8) == 0)
		return fd;
	close(fd);
	return -1;
}

/* Opens listeners on every port near a rule, at an address of listen= if there is one. */
static void open_listeners(struct asker *asker, const struct policy_case *policy)
{
	asker->local[0] = HALVES(0, 0xffffc633644d);
	asker->local[1] = HALVES(0x20010db800010000, 0x4d);
	for (unsigned int i = 0; i < policy->n_listen; i++)
		if (!is_loopback(policy->listen[i].first))
			asker->local[!is_ipv4(policy->listen[i].first)] = policy->listen[i].first;
	asker->n_listeners = 0;
	for (unsigned int i = 0; i < policy->n_ports; i++) {
		uint16_t port = policy->ports[i];

		if (!port || is_listening(asker, port, false) || is_listening(asker, port, true))
			continue;
		asker->listeners[asker->n_listeners].port = port;
		for (int ipv6 = 0; ipv6 < 2; ipv6++) {
			int fd = listen_at(asker->local[ipv6], port, !ipv6);

			if (fd < 0)
				fd = listen_at(ipv6 ? 0 : (bits)0xffff << 32, port, !ipv6);
			asker->listeners[asker->n_listeners].fds[ipv6] = fd;
		}
		asker->n_listeners++;
	}
}

static void close_listeners(struct asker *asker)
{
	for (unsigned int i = 0; i < asker->n_listeners; i++) {
		ejg_close_fd(&asker->listeners[i].fds[0]);
		ejg_close_fd(&asker->listeners[i].fds[1]);
	}
}

int main(int argc, char **argv)
{
	struct asker asker = { .conf = getenv("EJG_CONF"), .counters = -1, .wire = packet_device("wire") };
	unsigned long total = 0;

	if (argc != 5 || !asker.conf || asker.wire < 0)
		die(&asker, "CGROUP POLICIES ATTEMPTS SEED, in the world of explain.sh");
	asker.cgroup = argv[1];
	cases_seed(strtoull(argv[4], NULL, 0));
	for (int i = atoi(argv[2]); i > 0; i--) {
		struct policy_case policy = cases_policy();

		apply(&asker, &policy);
		open_listeners(&asker, &policy);
		for (int j = atoi(argv[3]); j > 0; j--) {
			struct attempt_case attempt = cases_attempt(&policy);

			compare(&asker, &attempt);
		}
		close_listeners(&asker);
	}
	ejg_close(asker.handle);
	for (int i = 0; i < 3; i++)
		total += asker.n[i][ALLOWED] + asker.n[i][REFUSED];
	printf("compared %lu: bind %lu allowed %lu refused, connect %lu %lu, accept %lu %lu; not asked %lu; different "
	       "%lu\n",
	       total, asker.n[0][0], asker.n[0][1], asker.n[1][0], asker.n[1][1], asker.n[2][0], asker.n[2][1],
	       asker.not_asked, asker.different);
	return asker.different || total < 100;
}
