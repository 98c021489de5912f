/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/kernel/helpers/cases.h"

#include <arpa/inet.h>
#include <string.h>

#define MAPPED ((bits)0xffff << 32)
#define HALVES(high, low) ((bits)(high) << 64 | (low))

static uint64_t state;

void cases_seed(uint64_t seed)
{
	state = seed;
}

/* splitmix64 */
static uint64_t random64(void)
{
	uint64_t z = state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static unsigned int below(unsigned int n)
{
	return random64() % n;
}

static bits random_bits(void)
{
	return HALVES(random64(), random64());
}

static bits mask_of(unsigned int length)
{
	return length == 128 ? 0 : ~(bits)0 >> length;
}

static bits last_of(const struct prefix *prefix)
{
	return prefix->first | mask_of(prefix->length);
}

static struct prefix make_prefix(bits address, unsigned int length)
{
	return (struct prefix){ address & ~mask_of(length), length };
}

/* A global address: the parser of the stack file refuses loopback, link-local and similar ones. */
static struct prefix random_prefix(void)
{
	if (below(2))
		return make_prefix(MAPPED | (bits)(1 + below(8) * 24 + below(20)) << 24 | (random64() & 0xffffff),
				   128 - below(21));
	return make_prefix(HALVES(0x2000000000000000 | random64() >> 3, random64()), 128 - below(113));
}

/* Inside the former one, next to it, or somewhere else. */
static struct prefix next_prefix(const struct policy_case *policy)
{
	const struct prefix *near = policy->n_peers ? &policy->peers[below(policy->n_peers)] : NULL;
	unsigned int length;

	if (!near || below(2))
		return random_prefix();
	length = below(2) ? near->length : near->length + below(129 - near->length);
	return make_prefix(below(2) ? near->first ^ ((bits)1 << (128 - near->length) & mask_of(104))
				    : near->first | (random_bits() & mask_of(near->length)),
			   length);
}

static bool is_good_peer(const struct prefix *prefix)
{
	bits last = last_of(prefix);

	if (is_ipv4(prefix->first))
		return is_ipv4(last) && (prefix->first >> 24 & 0xff) && (last >> 24 & 0xff) < 224 &&
		       !((prefix->first >> 24 & 0xff) <= 127 && (last >> 24 & 0xff) >= 127);
	return prefix->first >> 125 == 1;
}

static void add_port(struct policy_case *policy, int port)
{
	for (int near = port - 1; near <= port + 1; near++)
		if (near > 0 && near <= 65535 && policy->n_ports < MAX_PORTS)
			policy->ports[policy->n_ports++] = near;
}

static void choose_ports(struct policy_case *policy)
{
	static const uint16_t edges[] = { 1, 4369, 8, 255, 256, 32768, 65528, 65535 };

	policy->epmd = edges[below(8)];
	policy->dist_first = below(3) ? 10000 + below(2000) : 65535 - below(9);
	policy->dist_last =
		policy->dist_first + below(65536 - policy->dist_first < 40 ? 65536 - policy->dist_first : 40);
	policy->public_first = 20000 + below(2000);
	policy->public_last = policy->public_first + below(16);
	add_port(policy, policy->epmd);
	add_port(policy, policy->dist_first);
	add_port(policy, policy->dist_last);
	add_port(policy, policy->public_first);
	add_port(policy, policy->public_last);
	policy->ports[policy->n_ports++] = 1;
	policy->ports[policy->n_ports++] = 65535;
	for (int i = 0; i < 3; i++)
		policy->ports[policy->n_ports++] = 1 + below(65535);
}

/* The parser refuses duplicates. */
static bool is_known(const struct prefix *list, unsigned int n, const struct prefix *prefix)
{
	for (unsigned int i = 0; i < n; i++)
		if (list[i].first == prefix->first && list[i].length == prefix->length)
			return true;
	return false;
}

/* The addresses of this host are in 198.51.100.0/24 and 2001:db8:1::/64: see explain.sh. */
static void choose_listen(struct policy_case *policy)
{
	policy->listen[policy->n_listen++] = make_prefix(HALVES(0, 1), 128);
	policy->listen[policy->n_listen++] = make_prefix(MAPPED | 0x7f000000, 104);
	for (int i = below(4); i >= 0; i--) {
		bits address = below(2) ? MAPPED | 0xc6336400 | below(256) : HALVES(0x20010db800010000, random64());
		struct prefix prefix = make_prefix(address, 128);

		if (!is_known(policy->listen, policy->n_listen, &prefix))
			policy->listen[policy->n_listen++] = prefix;
	}
}

struct policy_case cases_policy(void)
{
	static const char *const wildcards[] = { "allow", "deny", "rewrite" };
	struct policy_case policy = { .wildcard = wildcards[below(3)], .strict = below(2), .permissive = !below(5) };
	unsigned int n = below(MAX_PREFIXES + 1);

	choose_ports(&policy);
	choose_listen(&policy);
	while (policy.n_peers < n) {
		struct prefix prefix = next_prefix(&policy);

		if (is_good_peer(&prefix) && !is_known(policy.peers, policy.n_peers, &prefix))
			policy.peers[policy.n_peers++] = prefix;
	}
	return policy;
}

static bits special(void)
{
	static const uint32_t ipv4[] = { 0, 0x7f000000, 0x7f000001, 0x7effffff, 0x7fffffff, 0x80000000, 0xffffffff, 1 };
	static const uint64_t ipv6[] = { 0, 1, 2, 0xfffeffffffff, 0x1000000000000, 0x7f000001 };

	return below(2) ? MAPPED | ipv4[below(8)] : HALVES(0, ipv6[below(6)]);
}

/* Matches, both edges and their neighbours, near misses by one bit. */
static bits near_prefix(const struct prefix *prefix)
{
	bits address = prefix->first | (random_bits() & mask_of(prefix->length));

	switch (below(6)) {
	case 0:
		return prefix->first;
	case 1:
		return last_of(prefix);
	case 2:
		return prefix->first - 1;
	case 3:
		return last_of(prefix) + 1;
	case 4:
		return address ^ (bits)1 << below(is_ipv4(address) ? 32 : 128);
	default:
		return address;
	}
}

struct attempt_case cases_attempt(const struct policy_case *policy)
{
	struct attempt_case attempt = {
		.action = below(3),
		.port = below(6) ? policy->ports[below(policy->n_ports)] : 1 + below(65535),
		.mapped = below(2),
	};
	unsigned int kind = below(20);

	if (kind < 2)
		attempt.address = special();
	else if (kind < 4)
		attempt.address = below(2) ? MAPPED | (uint32_t)random64() : random_bits();
	else if (kind < (attempt.action == EJG_BIND ? 14 : 7) || !policy->n_peers)
		attempt.address = near_prefix(&policy->listen[below(policy->n_listen)]);
	else
		attempt.address = near_prefix(&policy->peers[below(policy->n_peers)]);
	return attempt;
}

void cases_bytes(bits address, unsigned char bytes[static 16])
{
	for (int i = 0; i < 16; i++)
		bytes[i] = address >> (120 - 8 * i);
}

const char *cases_format(bits address, char text[static INET6_ADDRSTRLEN])
{
	unsigned char bytes[16];

	cases_bytes(address, bytes);
	return is_ipv4(address) ? inet_ntop(AF_INET, bytes + 12, text, INET6_ADDRSTRLEN)
				: inet_ntop(AF_INET6, bytes, text, INET6_ADDRSTRLEN);
}

static void write_prefix(const struct prefix *prefix, FILE *file)
{
	char text[INET6_ADDRSTRLEN];

	fprintf(file, "%s/%u", cases_format(prefix->first, text),
		is_ipv4(prefix->first) ? prefix->length - 96 : prefix->length);
}

void cases_write_stack(const struct policy_case *policy, FILE *file)
{
	fprintf(file, "set epmd %u\nset dist %u-%u\nset public %u-%u\n", policy->epmd, policy->dist_first,
		policy->dist_last, policy->public_first, policy->public_last);
	for (unsigned int i = 0; i < policy->n_peers; i++) {
		fputs(i == 0 ? "set peers " : i % 8 ? " " : " \\\n\t", file);
		write_prefix(&policy->peers[i], file);
	}
	fprintf(file, "\nrequired net strict=%s wildcard=%s mode=%s listen=", policy->strict ? "yes" : "no",
		policy->wildcard, policy->permissive ? "permissive" : "enforce");
	for (unsigned int i = 0; i < policy->n_listen; i++) {
		fputs(i ? "," : "", file);
		write_prefix(&policy->listen[i], file);
	}
	fputc('\n', file);
}
