/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses, prefixes, ports: what is read, is written, and read again as the same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "libejguard/util/address.h"
#include "libejguard/util/cleanup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check_prefix(const struct ejg_prefix *prefix)
{
	char text[EJG_PREFIX_TEXT_SIZE];
	struct ejg_prefix again;
	const char *problem;

	require(strlen(ejg_prefix_format(prefix, text)) < EJG_PREFIX_TEXT_SIZE);
	require(prefix_parse(text, &again, &problem) == 0);
	require(again.length == prefix->length && again.scope == prefix->scope);
	require(memcmp(again.bytes, prefix->bytes, sizeof(again.bytes)) == 0);
	require(prefix_contains(prefix, &again) && prefix_contains(&again, prefix));
	require(prefix->length <= 128);
	require(!prefix_is_wildcard(prefix) || prefix_is_single(prefix));
	require(prefix->scope == 0 || prefix_is_link_local(prefix));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_free char *text = malloc(size + 1);
	struct ejg_port_range range;
	struct ejg_prefix prefix, guess;
	const char *problem = NULL;
	uint64_t number;
	uint16_t port;

	require(text != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	if (prefix_parse(text, &prefix, &problem) == 0) {
		check_prefix(&prefix);
		require(prefix_guess(text, &guess) && guess.length == prefix.length);
	} else {
		require(problem != NULL);
		if (prefix_guess(text, &guess))
			check_prefix(&guess);
	}
	if (port_parse(text, &port) == 0)
		require(port > 0 && unsigned_parse(text, &number) == 0 && number == port);
	if (port_range_parse(text, &range) == 0)
		require(range.first > 0 && range.first <= range.last);
	return 0;
}
