/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds the cookie that the arguments of a node set, by the rules of OTP. */
#ifndef EJG_LIB_COOKIE_ARGV_H
#define EJG_LIB_COOKIE_ARGV_H

#include "libejguard/modules/lib/cookie/form.h"

/* The result of reading the arguments. */
struct argv {
	unsigned int n_set; /* cookies in the arguments, including those for other nodes and ignored ones */
	bool in_effect;	    /* exactly one -setcookie with one value, or one for the node's own name: no file is read */
	bool same;	    /* one of them equals the given cookie */
	bool nocookie;	    /* -nocookie and no -setcookie: the cookie is the word nocookie */
	enum cookie_form form; /* of the one in effect */
};

/*
 * Reads arguments from /proc/PID/cmdline: splits them into flags as init:boot/1 (a flag ends at the next argument that
 * begins with "-"; -extra ends all) and reads -setcookie as init_cookie/0 of OTP's auth.erl.
 * @bytes: arguments, each ended by NUL
 * @n:     bytes
 * @ours:  a cookie to look for among the values, or NULL
 * @value: the cookie in effect, when in_effect; untouched when it is malformed
 */
struct argv argv_read(const char *bytes, size_t n, const struct cookie *ours, struct cookie *value);

#endif
