/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/util/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

/* The /96 block of IPv4-mapped IPv6 addresses. */
static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

enum { MAPPED_LENGTH = 96, SINGLE_LENGTH = 128 };

#define PROBLEM_BITS "the address has bits set after the prefix length"

/* The parts of ADDRESS[%INTERFACE][/LENGTH], RFC 4007 section 11.7. */
struct parts {
	char address[INET6_ADDRSTRLEN];
	char interface[IF_NAMESIZE];
	const char *length; /* NULL without a length */
	bool has_interface;
};

static bool copy_part(char *to, size_t size, const char *from, size_t n)
{
	if (n >= size)
		return false;
	memcpy(to, from, n);
	to[n] = '\0';
	return true;
}

static int split(const char *text, struct parts *parts, const char **ret_problem)
{
	size_t address = strcspn(text, "%/");
	const char *rest = text + address;

	if (!copy_part(parts->address, sizeof(parts->address), text, address)) {
		*ret_problem = "not an address";
		return -EINVAL;
	}
	parts->has_interface = *rest == '%';
	if (parts->has_interface) {
		size_t interface = strcspn(++rest, "/");

		if (!copy_part(parts->interface, sizeof(parts->interface), rest, interface)) {
			*ret_problem = "no such interface";
			return -ENODEV;
		}
		rest += interface;
	}
	parts->length = *rest == '/' ? rest + 1 : NULL;
	return 0;
}

static int read_address(const struct parts *parts, struct ejg_prefix *prefix, const char **ret_problem)
{
	const char *problem = "the prefix length is not a number from 0 to 128";
	unsigned int most = SINGLE_LENGTH, extra = 0;
	uint64_t length;

	if (inet_pton(AF_INET6, parts->address, prefix->bytes) != 1) {
		if (inet_pton(AF_INET, parts->address, prefix->bytes + sizeof(mapped)) != 1) {
			*ret_problem = "not an address";
			return -EINVAL;
		}
		memcpy(prefix->bytes, mapped, sizeof(mapped));
		problem = "the prefix length is not a number from 0 to 32";
		most = SINGLE_LENGTH - MAPPED_LENGTH;
		extra = MAPPED_LENGTH;
	}
	prefix->length = SINGLE_LENGTH;
	if (!parts->length)
		return 0;
	if (unsigned_parse(parts->length, &length) < 0 || length > most) {
		*ret_problem = problem;
		return -EINVAL;
	}
	prefix->length = (uint8_t)(length + extra);
	return 0;
}

static int read_interface(const struct parts *parts, struct ejg_prefix *prefix, const char **ret_problem)
{
	char name[IF_NAMESIZE];
	uint64_t index;

	if (!parts->has_interface)
		return 0;
	if (!prefix_is_link_local(prefix)) {
		*ret_problem = "%interface is only possible with link-local addresses (fe80::/10)";
		return -EINVAL;
	}
	/* An interface may have the name "2": the name takes precedence, as in getaddrinfo(3). */
	prefix->scope = if_nametoindex(parts->interface);
	if (prefix->scope == 0 && unsigned_parse(parts->interface, &index) == 0 && index <= UINT32_MAX &&
	    if_indextoname((unsigned int)index, name))
		prefix->scope = (uint32_t)index;
	if (prefix->scope == 0) {
		*ret_problem = "no such interface";
		return -ENODEV;
	}
	return 0;
}

static void clear_past_length(struct ejg_prefix *prefix)
{
	for (unsigned int i = 0; i < sizeof(prefix->bytes); i++) {
		unsigned int kept = prefix->length > i * 8 ? prefix->length - i * 8 : 0;

		if (kept < 8)
			prefix->bytes[i] &= (uint8_t)(0xff00 >> kept);
	}
}

/* Reads the prefix as written, with bits past its length. */
static int read_prefix(const char *text, struct ejg_prefix *prefix, const char **ret_problem)
{
	struct parts parts = { 0 };
	int r;

	r = split(text, &parts, ret_problem);
	if (r < 0)
		return r;
	r = read_address(&parts, prefix, ret_problem);
	if (r < 0)
		return r;
	return read_interface(&parts, prefix, ret_problem);
}

int prefix_parse(const char *text, struct ejg_prefix *ret, const char **ret_problem)
{
	struct ejg_prefix prefix = { 0 }, cleared;
	int r;

	r = read_prefix(text, &prefix, ret_problem);
	if (r < 0)
		return r;
	cleared = prefix;
	clear_past_length(&cleared);
	if (memcmp(cleared.bytes, prefix.bytes, sizeof(cleared.bytes)) != 0) {
		*ret_problem = PROBLEM_BITS;
		return -EINVAL;
	}
	*ret = prefix;
	return 0;
}

bool prefix_guess(const char *text, struct ejg_prefix *ret)
{
	struct ejg_prefix prefix = { 0 };
	const char *problem;

	if (read_prefix(text, &prefix, &problem) < 0)
		return false;
	clear_past_length(&prefix);
	*ret = prefix;
	return true;
}

bool prefix_is_ipv4(const struct ejg_prefix *prefix)
{
	return prefix->length >= MAPPED_LENGTH && memcmp(prefix->bytes, mapped, sizeof(mapped)) == 0;
}

bool prefix_is_single(const struct ejg_prefix *prefix)
{
	return prefix->length == SINGLE_LENGTH;
}

bool prefix_is_loopback(const struct ejg_prefix *prefix)
{
	static const uint8_t loopback[16] = { [15] = 1 };

	if (prefix_is_ipv4(prefix))
		return prefix->length >= MAPPED_LENGTH + 8 && prefix->bytes[12] == 127;
	return prefix_is_single(prefix) && memcmp(prefix->bytes, loopback, sizeof(loopback)) == 0;
}

bool prefix_is_link_local(const struct ejg_prefix *prefix)
{
	return prefix->length >= 10 && prefix->bytes[0] == 0xfe && (prefix->bytes[1] & 0xc0) == 0x80;
}

bool prefix_is_wildcard(const struct ejg_prefix *prefix)
{
	static const uint8_t zero[16];

	if (!prefix_is_single(prefix))
		return false;
	if (prefix_is_ipv4(prefix))
		return memcmp(prefix->bytes + sizeof(mapped), zero, sizeof(zero) - sizeof(mapped)) == 0;
	return memcmp(prefix->bytes, zero, sizeof(zero)) == 0;
}

bool prefix_contains(const struct ejg_prefix *outer, const struct ejg_prefix *inner)
{
	struct ejg_prefix widened = *inner;

	if (outer->length > inner->length || outer->scope != inner->scope ||
	    prefix_is_ipv4(outer) != prefix_is_ipv4(inner))
		return false;
	widened.length = outer->length;
	clear_past_length(&widened);
	return memcmp(widened.bytes, outer->bytes, sizeof(widened.bytes)) == 0;
}

char *ejg_prefix_format(const struct ejg_prefix *prefix, char *text)
{
	bool ipv4 = prefix_is_ipv4(prefix);
	char address[INET6_ADDRSTRLEN] = "", name[IF_NAMESIZE], scope[1 + IF_NAMESIZE] = "", length[5] = "";

	if (ipv4)
		inet_ntop(AF_INET, prefix->bytes + sizeof(mapped), address, sizeof(address));
	else
		inet_ntop(AF_INET6, prefix->bytes, address, sizeof(address));
	if (prefix->scope != 0) {
		/* An interface that no longer exists is printed by its number. */
		if (if_indextoname(prefix->scope, name))
			snprintf(scope, sizeof(scope), "%%%s", name);
		else
			snprintf(scope, sizeof(scope), "%%%u", (unsigned int)prefix->scope);
	}
	if (!prefix_is_single(prefix))
		snprintf(length, sizeof(length), "/%u", prefix->length - (ipv4 ? (unsigned int)MAPPED_LENGTH : 0U));
	snprintf(text, EJG_PREFIX_TEXT_SIZE, "%s%s%s", address, scope, length);
	return text;
}

int unsigned_parse(const char *text, uint64_t *ret)
{
	uint64_t value = 0;

	/* Some programs read a leading zero as octal, and others ignore it. */
	if (*text == '\0' || (text[0] == '0' && text[1] != '\0'))
		return -EINVAL;
	if (text[strspn(text, "0123456789")] != '\0')
		return -EINVAL;
	for (const char *digit = text; *digit; digit++) {
		if (__builtin_mul_overflow(value, (uint64_t)10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(*digit - '0'), &value))
			return -ERANGE;
	}
	*ret = value;
	return 0;
}

int port_parse(const char *text, uint16_t *ret)
{
	uint64_t value;

	if (unsigned_parse(text, &value) < 0 || value < 1 || value > UINT16_MAX)
		return -EINVAL;
	*ret = (uint16_t)value;
	return 0;
}

int port_range_parse(const char *text, struct ejg_port_range *ret)
{
	const char *dash = strchr(text, '-');
	struct ejg_port_range range;
	char first[sizeof("65535")];

	if (!dash) {
		if (port_parse(text, &range.first) < 0)
			return -EINVAL;
		range.last = range.first;
	} else {
		if (!copy_part(first, sizeof(first), text, (size_t)(dash - text)) ||
		    port_parse(first, &range.first) < 0 || port_parse(dash + 1, &range.last) < 0 ||
		    range.first > range.last)
			return -EINVAL;
	}
	*ret = range;
	return 0;
}

bool address_port_read(const char *text, struct ejg_prefix *ret_address, uint16_t *ret_port)
{
	const char *colon = strrchr(text, ':'), *problem;
	const bool brackets = text[0] == '[' && colon && colon > text + 1 && colon[-1] == ']';
	const size_t n = colon ? (size_t)(colon - text) - (brackets ? 2 : 0) : 0;
	char address[INET6_ADDRSTRLEN];
	struct ejg_prefix prefix;
	uint16_t port;

	if (n == 0 || n >= sizeof(address) || port_parse(colon + 1, &port) < 0)
		return false;
	memcpy(address, text + brackets, n);
	address[n] = '\0';
	if (strchr(address, '/') || prefix_parse(address, &prefix, &problem) < 0)
		return false;
	*ret_address = prefix;
	if (ret_port)
		*ret_port = port;
	return true;
}
