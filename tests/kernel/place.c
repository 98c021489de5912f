/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <arpa/inet.h>
#include <net/if.h>
#include <string.h>

#include "tests/kernel/attempts.h"

#define MAPPED(a, b, c, d)                                                                                             \
	{                                                                                                              \
		.s6_addr = { [10] = 0xff, 0xff, a, b, c, d }                                                           \
	}
#define DOCUMENTATION(last)                                                                                            \
	{                                                                                                              \
		.s6_addr = { 0x20, 0x01, 0x0d, 0xb8, [15] = last }                                                     \
	}
#define LINK(last)                                                                                                     \
	{                                                                                                              \
		.s6_addr = { 0xfe, 0x80, [15] = last }                                                                 \
	}

static const struct place places[] = {
	{ .name = "any4", .family = AF_INET, .address = MAPPED(0, 0, 0, 0), .where = ON_HOST },
	{ .name = "any6", .family = AF_INET6, .address = {}, .where = ON_HOST },
	{ .name = "loop4", .family = AF_INET, .address = MAPPED(127, 0, 0, 1), .where = ON_HOST },
	{ .name = "loop6", .family = AF_INET6, .address = { .s6_addr = { [15] = 1 } }, .where = ON_HOST },
	{ .name = "loop4-2", .family = AF_INET, .address = MAPPED(127, 0, 0, 2), .where = ON_HOST },
	{ .name = "own4", .family = AF_INET, .address = MAPPED(198, 51, 100, 1), .where = ON_HOST },
	{ .name = "own6", .family = AF_INET6, .address = DOCUMENTATION(0x01), .where = ON_HOST },
	{ .name = "own-link", .family = AF_INET6, .address = LINK(0x01), .link_local = true, .where = ON_HOST },
	{ .name = "other4", .family = AF_INET, .address = MAPPED(198, 51, 100, 11), .where = ON_HOST },
	{ .name = "other6", .family = AF_INET6, .address = DOCUMENTATION(0x11), .where = ON_HOST },
	{ .name = "other-link", .family = AF_INET6, .address = LINK(0x11), .link_local = true, .where = ON_HOST },
	{ .name = "broadcast4", .family = AF_INET, .address = MAPPED(198, 51, 100, 255), .where = ON_HOST },
	{ .name = "multicast4", .family = AF_INET, .address = MAPPED(224, 0, 0, 1), .where = ON_HOST },
	{ .name = "foreign4", .family = AF_INET, .address = MAPPED(198, 51, 100, 77), .where = ON_HOST },
	{ .name = "foreign6", .family = AF_INET6, .address = DOCUMENTATION(0x77), .where = ON_HOST },
	{ .name = "peer4", .family = AF_INET, .address = MAPPED(198, 51, 100, 2) },
	{ .name = "peer6", .family = AF_INET6, .address = DOCUMENTATION(0x02) },
	{ .name = "peer-link", .family = AF_INET6, .address = LINK(0x02), .link_local = true },
	{ .name = "stranger4", .family = AF_INET, .address = MAPPED(198, 51, 100, 9) },
	{ .name = "stranger6", .family = AF_INET6, .address = DOCUMENTATION(0x09) },
	{ .name = "stranger-link", .family = AF_INET6, .address = LINK(0x09), .link_local = true },
	{ .name = "joiner4", .family = AF_INET, .address = MAPPED(198, 51, 100, 3), .where = ON_JOINER },
	{ .name = "forged-loop4", .family = AF_INET, .address = MAPPED(127, 0, 0, 1) },
	{ .name = "forged-loop6", .family = AF_INET6, .address = { .s6_addr = { [15] = 1 } } },
	{ .name = "forged-any4", .family = AF_INET, .address = MAPPED(0, 0, 0, 0) },
	{ .name = "forged-any6", .family = AF_INET6, .address = {} },
};

static const struct person persons[] = {
	{ .name = "nobody", .real = 65534, .effective = 65534 },
	{ .name = "root" },
	{ .name = "monitor", .real = 901, .effective = 901 },
	{ .name = "member", .real = 65534, .effective = 65534, .member = true },
	{ .name = "set-uid", .real = 65534, .effective = 0 },
	{ .name = "dropped", .real = 0, .effective = 65534 },
	{ .name = "user-root", .real = 65534, .effective = 65534, .user_root = true },
};

const struct person *person_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(persons); i++)
		if (!strcmp(persons[i].name, name))
			return &persons[i];
	return NULL;
}

const struct place *place_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (!strcmp(places[i].name, name))
			return &places[i];
	return NULL;
}

socklen_t place_sockaddr(const struct place *place, int family, uint16_t port, struct sockaddr_storage *ret)
{
	struct sockaddr_in *in = (struct sockaddr_in *)ret;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ret;

	memset(ret, 0, sizeof(*ret));
	if (family == AF_INET) {
		in->sin_family = AF_INET;
		in->sin_port = htons(port);
		memcpy(&in->sin_addr, place->address.s6_addr + 12, sizeof(in->sin_addr));
		return sizeof(*in);
	}
	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons(port);
	in6->sin6_addr = place->address;
	in6->sin6_scope_id = place->link_local ? if_nametoindex("eth0") : 0;
	return sizeof(*in6);
}
