/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files from which nodes read their cookie. */
#ifndef EJG_LIB_COOKIE_PLACES_H
#define EJG_LIB_COOKIE_PLACES_H

#include "libejguard/modules/lib/cookie/host.h"

/* A file that Erlang may read a cookie from. */
struct cookie_file {
	const char *path;
	int error;		 /* 0, or negative errno: it could not be examined */
	const char *problem;	 /* the error as text */
	struct access_path walk; /* fd is -1 when the file does not exist */
	bool link;		 /* the path itself is a symbolic link */
};

/* The files of a node: Erlang uses the first, and the second only if the first does not exist. */
struct cookie_place {
	pid_t pid; /* the running node that will use this place after a restart; 0: the next start uses it */
	struct cookie_file home;
	struct cookie_file xdg; /* path is NULL if OTP does not read it */
};

enum { COOKIE_PLACES_MAX = 4 };

struct cookie_places {
	struct cookie_place items[COOKIE_PLACES_MAX]; /* the next start's first, if it is known */
	size_t n;
};

/*
 * Finds the places of the next start and of running nodes, each once. The host's arena records if memory ran out.
 * @file: use this file of the cookie instead of Erlang's places; or NULL
 */
void cookie_places_find(const struct cookie_host *host, const char *file, struct cookie_places *ret);
void cookie_places_end(struct cookie_places *places);

/* The file of a place that is in effect, or NULL: no file exists, and the node would generate one. */
struct cookie_file *cookie_place_effective(struct cookie_place *place);

/*
 * Reads the cookie of a file. @ret is written when *ret_form is good.
 * Return: 0, or a negative errno: it cannot be read.
 */
int cookie_file_read(const struct cookie_host *host, const struct cookie_file *file, struct cookie *ret,
		     enum cookie_form *ret_form);

#endif
