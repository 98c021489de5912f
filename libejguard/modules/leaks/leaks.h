/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The module `leaks`: what its parts share. See ejguard-leaks(8). */
#ifndef EJG_LEAKS_LEAKS_H
#define EJG_LEAKS_LEAKS_H

#include <ejguard/module.h>

#include <sha1.h>

#include "libejguard/modules/lib/cookie/places.h"

struct leaks_config {
	const char *file; /* where the cookie is, or NULL: found */
};

/* Where every byte of the cookie, and of its hash, is kept. */
struct leaks_vault {
	struct vault vault;
	SHA1_CTX sha1;
	unsigned char digest[SHA1_DIGEST_LENGTH];
	unsigned char term[18];
	char needle[25];
};

struct leaks_state {
	struct leaks_vault *vault; /* of the operation that is under way */
};

/* One search for the cookie of the next start. */
struct hunt {
	struct ejg_call *call;
	struct cookie_host host;
	struct leaks_vault *vault;
	struct cookie_places places;
	bool guessable;		 /* the cookie is: then its hash is as good as itself */
	enum ejg_severity worst; /* of all findings */
	size_t n_files;		 /* that were searched */
	size_t n_unread;	 /* that could not be read, and folders that could not be listed */
};

/* hunt.c: makes a finding about a file, or about none. */
void hunt_say(struct hunt *hunt, const char *id, const char *file, uint32_t line, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
/* Who of those that are not trusted can read a file: words; NULL: nobody. */
const char *hunt_readers(struct hunt *hunt, const struct access_path *file);

/* copies.c: the cookie itself in files. Return: 0, -ENOMEM. */
int hunt_copies(struct hunt *hunt);

/* logs.c: its hash in ejabberd's logs. */
void hunt_logs(struct hunt *hunt);

int leaks_check(struct ejg_call *call);

#endif
