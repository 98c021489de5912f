/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Random policies and attempts for explain-agrees.c: addresses near a rule are more likely than others. */
#ifndef EJG_TESTS_CASES_H
#define EJG_TESTS_CASES_H

#include <ejguard/ejguard.h>
#include <netinet/in.h>
#include <stdio.h>

enum {
	MAX_PREFIXES = 50,
	MAX_LISTEN = 6,
	MAX_PORTS = 24,
};

/* Addresses are 128 bits, IPv4 among them as ::ffff:a.b.c.d. */
typedef unsigned __int128 bits;

struct prefix {
	bits first;
	unsigned int length;
};

struct policy_case {
	struct prefix peers[MAX_PREFIXES], listen[MAX_LISTEN];
	unsigned int n_peers, n_listen;
	uint16_t ports[MAX_PORTS]; /* those near a rule */
	unsigned int n_ports;
	uint16_t epmd, dist_first, dist_last, public_first, public_last;
	const char *wildcard;
	bool strict, permissive;
};

struct attempt_case {
	enum ejg_action action;
	bits address;
	uint16_t port;
	bool mapped; /* an IPv4 address is written into an IPv6 socket's */
};

void cases_seed(uint64_t seed);
struct policy_case cases_policy(void);
struct attempt_case cases_attempt(const struct policy_case *policy);
void cases_write_stack(const struct policy_case *policy, FILE *file);

static inline bool is_ipv4(bits address)
{
	return address >> 32 == 0xffff;
}

/* In the notation of ejguard and inet_pton(). */
const char *cases_format(bits address, char text[static INET6_ADDRSTRLEN]);

void cases_bytes(bits address, unsigned char bytes[static 16]);

#endif
