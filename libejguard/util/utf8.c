/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/util/utf8.h"

size_t utf8_decode(const char *text, size_t n, uint32_t *ret_code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 }; /* smallest one in that many bytes */
	const unsigned char first = n > 0 ? (unsigned char)text[0] : 0xff;
	const size_t length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
	uint32_t code = length == 1 ? first : first & (0x7fU >> length);

	if (length > 1 && (first < 0xc0 || first > 0xf4))
		return 0;
	for (size_t i = 1; i < length; i++) {
		if (i == n || ((unsigned char)text[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | ((unsigned char)text[i] & 0x3f);
	}
	if (code < least[length] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return 0;
	if (ret_code)
		*ret_code = code;
	return length;
}
