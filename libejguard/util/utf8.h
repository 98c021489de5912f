/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* UTF-8 decoding by RFC 3629. */
#ifndef EJG_UTIL_UTF8_H
#define EJG_UTIL_UTF8_H

#include <stddef.h>
#include <stdint.h>

/*
 * Decodes the first character of a text: shortest form only, no surrogate, nothing past U+10FFFF.
 * @text:     of n bytes, or of fewer and ended by a NUL
 * @ret_code: its code point, or NULL
 *
 * Return: the number of its bytes; 0 when it is invalid, and *ret_code is untouched.
 */
size_t utf8_decode(const char *text, size_t n, uint32_t *ret_code);

#endif
