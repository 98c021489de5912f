/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The form of a cookie, as Erlang reads it from a file. */
#ifndef EJG_LIB_COOKIE_FORM_H
#define EJG_LIB_COOKIE_FORM_H

#include <stdbool.h>
#include <stddef.h>

/* An atom has at most 255 characters: list_to_atom/1 fails on more, and with it the node's start. */
enum {
	COOKIE_MAX = 255,
	COOKIE_WORD = 8, /* a shorter one is a common word that occurs in other texts */
};

struct cookie {
	size_t n;
	char text[COOKIE_MAX + 1];
};

enum cookie_form {
	COOKIE_FORM_GOOD,
	COOKIE_FORM_EMPTY,
	COOKIE_FORM_LONG,
	COOKIE_FORM_CHARACTERS,
};

/*
 * Reads a cookie as check_cookie/2 of OTP's lib/kernel/src/auth.erl does: characters 0x20 to 0x7e; behind the first
 * other character only CR, LF and blanks may follow, which are ignored. Blanks before it belong to the cookie. *ret is
 * written when the form is good.
 */
enum cookie_form cookie_read(const char *bytes, size_t n, struct cookie *ret);

/* The same for an argument: all its bytes are the cookie. */
enum cookie_form cookie_argument(const char *bytes, size_t n, struct cookie *ret);

bool cookie_equal(const struct cookie *a, const struct cookie *b);

/* 20 letters A-Z: the form of Erlang's generator; others may use it too. */
bool cookie_is_capitals(const struct cookie *cookie);

/* Begins or ends with a blank, which people and scripts easily lose. */
bool cookie_has_edge_blank(const struct cookie *cookie);

/* Begins with + or -, so it is an option on a command line. */
bool cookie_has_sign(const struct cookie *cookie);

#endif
