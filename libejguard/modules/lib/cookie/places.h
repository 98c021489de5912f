/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where nodes look for their cookie. */
#ifndef EJG_LIB_COOKIE_PLACES_H
#define EJG_LIB_COOKIE_PLACES_H

#include "libejguard/modules/lib/cookie/host.h"

/* A file in which Erlang looks for a cookie. */
struct cookie_file {
	const char *path;
	int error;		 /* 0, or negative errno: it could not be looked at */
	const char *problem;	 /* that in words */
	struct access_path walk; /* fd is -1 when there is no file */
	bool link;		 /* the path itself is a symbolic link */
};

/* Where a node looks: the first file counts, and the second only where the first does not exist. */
struct cookie_place {
	pid_t pid; /* of the running node that will look there when it is restarted; 0: the next start does */
	struct cookie_file home;
	struct cookie_file xdg; /* path is NULL where OTP does not look for it */
};

enum { COOKIE_PLACES_MAX = 4 };

struct cookie_places {
	struct cookie_place items[COOKIE_PLACES_MAX]; /* the next start's first, when it is known */
	size_t n;
};

/*
 * The places of the next start and of running nodes, each once. A lack of memory is remembered by the host's arena.
 * @file: the cookie is there, wherever Erlang would look for it; or NULL
 */
void cookie_places_find(const struct cookie_host *host, const char *file, struct cookie_places *ret);
void cookie_places_end(struct cookie_places *places);

/* The file of a place that is in effect, or NULL: there is none, and the node would generate one. */
struct cookie_file *cookie_place_effective(struct cookie_place *place);

/*
 * Reads the cookie of a file. @ret is written when *ret_form is good.
 * Return: 0, or a negative errno: it cannot be read.
 */
int cookie_file_read(const struct cookie_host *host, const struct cookie_file *file, struct cookie *ret,
		     enum cookie_form *ret_form);

#endif
