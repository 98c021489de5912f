/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * kernel/src/inet_parse.erl, measured with OTP 25.2.3. IPv4: one to four numbers, each decimal, octal (0...) or
 * hexadecimal (0x...), the last one fills the remaining bytes: 127.1, 0x7f000001, 017700000001. A field may have a
 * sign. IPv6: as RFC 4291; a %ZONE of fe80: and ff02: addresses is accepted and ignored.
 */
#include "libejguard/util/erl-address.h"

#include <arpa/inet.h>
#include <string.h>

#define TEXT_MAX 64

/*
 * One number of an IPv4 address: ipv4_addr/5 there strips zeros, limits the rest to 8, 11 or 10 characters and passes
 * it to list_to_integer/2, which accepts a sign. Return: false when it is not a number.
 */
static bool read_field(const char *text, size_t length, uint64_t *ret)
{
	const bool hex = length >= 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	const bool octal = !hex && text[0] == '0';
	const unsigned int base = hex ? 16 : octal ? 8 : 10;
	const size_t max = hex ? 8 : octal ? 11 : 10;
	size_t at = hex ? 2 : 0;
	uint64_t value = 0;
	bool negative;

	while (base != 10 && at < length && text[at] == '0')
		at++;
	if (length - at > max || (at == length && !octal))
		return false;
	negative = !octal && text[at] == '-';
	if (!octal && (negative || text[at] == '+') && ++at == length)
		return false;
	for (; at < length; at++) {
		const char *digits = "0123456789abcdef",
			   *digit = strchr(digits, text[at] | (text[at] > '9' ? 0x20 : 0));

		if (!digit || digit >= digits + base)
			return false;
		value = value * base + (uint64_t)(digit - digits);
	}
	if (value > UINT32_MAX || (negative && value > 0))
		return false;
	*ret = value;
	return true;
}

static bool read_ipv4(const char *text, uint8_t *ret)
{
	uint64_t fields[4], last;
	size_t n = 0, length;

	for (;; text += length + 1) {
		length = strcspn(text, ".");
		if (n == 4 || length == 0 || !read_field(text, length, &fields[n]))
			return false;
		n++;
		if (!text[length])
			break;
	}
	last = fields[n - 1];
	if (last >= 1ULL << (8 * (5 - n)))
		return false;
	for (size_t i = 0; i + 1 < n; i++) {
		if (fields[i] > 255)
			return false;
		ret[i] = (uint8_t)fields[i];
	}
	for (size_t i = 4; i-- > n - 1; last >>= 8)
		ret[i] = last & 0xff;
	return true;
}

/* Addresses whose second word is zero have room for the zone's number; the value of the zone does not matter then. */
static bool takes_zone(const uint8_t bytes[16])
{
	return ((bytes[0] == 0xfe && bytes[1] == 0x80) || (bytes[0] == 0xff && bytes[1] == 0x02)) && !bytes[2] &&
	       !bytes[3];
}

bool erl_address_read(const char *text, struct erl_address *ret)
{
	const char *zone = strchr(text, '%');
	const size_t length = zone ? (size_t)(zone - text) : strnlen(text, TEXT_MAX);
	struct erl_address inet = {};
	char address[TEXT_MAX];

	if (length == 0 || length >= TEXT_MAX)
		return false;
	memcpy(address, text, length);
	address[length] = '\0';
	if (!zone && read_ipv4(address, inet.bytes)) {
		*ret = inet;
		return true;
	}
	inet.is_ipv6 = true;
	if (inet_pton(AF_INET6, address, inet.bytes) != 1)
		return false;
	if (zone && (strchr(address, '.') || !takes_zone(inet.bytes)))
		return false;
	*ret = inet;
	return true;
}
