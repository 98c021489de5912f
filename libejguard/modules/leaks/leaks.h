/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The module `leaks`: declarations that its parts share. See ejguard-leaks(8). */
#ifndef EJG_LEAKS_LEAKS_H
#define EJG_LEAKS_LEAKS_H

#include <ejguard/module.h>

#include <sha1.h>

#include "libejguard/modules/lib/cookie/places.h"

struct leaks_config {
	const char *file; /* path of the cookie, or NULL: search for it */
};

/* Contains all copies of the cookie and of its hash. */
struct leaks_vault {
	struct vault vault;
	SHA1_CTX sha1;
	unsigned char digest[SHA1_DIGEST_LENGTH];
	unsigned char term[18];
	char needle[25];
};

struct leaks_state {
	struct leaks_vault *vault; /* of the current operation */
};

/* One search for the cookie of the next start. */
struct hunt {
	struct ejg_call *call;
	struct cookie_host host;
	struct leaks_vault *vault;
	struct cookie_places places;
	bool guessable;		 /* the cookie can be guessed: then its hash is enough for an attacker */
	enum ejg_severity worst; /* of all findings */
	size_t n_files;		 /* that were searched */
	size_t n_unread;	 /* files that could not be read, and folders that could not be listed */
};

/* hunt.c: makes a finding about a file, or without one. */
void hunt_say(struct hunt *hunt, const char *id, const char *file, uint32_t line, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
/* Text for the users who are not trusted and can read a file; NULL: none. */
const char *hunt_readers(struct hunt *hunt, const struct access_path *file);

/* Makes the finding about a file that contains the cookie. */
void hunt_say_copy(struct hunt *hunt, const char *path, const struct access_path *file, uint32_t line);

/* copies.c: the cookie itself in files. Return: 0, -ENOMEM. */
int hunt_copies(struct hunt *hunt);

/* logs.c: the cookie and its hash in the service's logs. */
void hunt_logs(struct hunt *hunt);

int leaks_check(struct ejg_call *call);

#endif
