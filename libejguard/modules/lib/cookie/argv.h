/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which cookie the arguments of a node set, by the rules of OTP. */
#ifndef EJG_LIB_COOKIE_ARGV_H
#define EJG_LIB_COOKIE_ARGV_H

#include "libejguard/modules/lib/cookie/form.h"

/* What the arguments come to. */
struct argv {
	unsigned int n_set; /* cookies that stand there, those for other nodes and those that are ignored too */
	bool in_effect;	    /* exactly one -setcookie with one value, or one for the node's own name: no file is read */
	bool same;	    /* one of them is the cookie that was given */
	bool nocookie;	    /* -nocookie and no -setcookie: the cookie is the word nocookie */
};

/*
 * Reads arguments as the kernel shows them in /proc/PID/cmdline: as init:boot/1 splits them into flags (a flag ends at
 * the next argument that begins with "-"; -extra ends all) and as init_cookie/0 of OTP's auth.erl judges -setcookie.
 * @bytes: arguments, each ended by NUL
 * @n:     bytes
 * @ours:  a cookie to look for among the values, or NULL
 * @value: the cookie in effect, when in_effect; untouched when it has no good form
 */
struct argv argv_read(const char *bytes, size_t n, const struct cookie *ours, struct cookie *value);

#endif
