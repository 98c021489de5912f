/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/base/message-id.h"

#include <stdint.h>
#include <stdio.h>

/* FNV-1a of 128 bits: nobody chooses the names, so that it need not resist anybody. */
static unsigned __int128 hash(unsigned __int128 value, const char *text)
{
	const unsigned __int128 prime = (unsigned __int128)1 << 88 | 0x13b;

	for (; *text; text++)
		value = (value ^ (unsigned char)*text) * prime;
	return value;
}

const char *message_id(const char *id, char text[static MESSAGE_ID_SIZE])
{
	const unsigned __int128 basis = (unsigned __int128)0x6c62272e07bb0142ULL << 64 | 0x62b821756295c58dULL;
	const unsigned __int128 value = hash(hash(basis, "ejguard finding "), id);
	const uint64_t high = ((uint64_t)(value >> 64) & ~0xf000ULL) | 0x8000, low = (uint64_t)value >> 2 | 1ULL << 63;

	snprintf(text, MESSAGE_ID_SIZE, "%016jx%016jx", (uintmax_t)high, (uintmax_t)low);
	return text;
}
