/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files that settings are read from: of the system, or of another root directory. */
#ifndef EJG_SERVICE_BASE_SOURCE_H
#define EJG_SERVICE_BASE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "libejguard/util/arena.h"

enum source_limits {
	SOURCE_MAX_FILE = 1024 * 1024, /* bytes of a file; a larger one is not read */
	SOURCE_MAX_ENTRIES = 65536,    /* of a folder; the others are not read, which is a problem of the names */
};

/* The source of settings. Tests use directories of their own. */
struct settings_source {
	const char *root;     /* the folder to use as /; "" for the system itself, whose users come from NSS */
	const char *hostname; /* output of `hostname`; NULL: ask the kernel */
};

extern const struct settings_source settings_source_system;

/* A file of the service's configuration. */
struct source_text {
	char *text; /* empty when the file does not exist */
	size_t size;
	const char *path;    /* with links resolved, for messages */
	const char *problem; /* why it could not be read, or NULL */
	bool missing;
};

/* Names or paths in a folder. */
struct source_names {
	const char *const *items;
	size_t n;
	const char *problem; /* why there can be more, or NULL */
};

void source_text_done(struct source_text *source);
#define cleanup_source_text __attribute__((cleanup(source_text_done)))

/* Files below the source's root. Paths are absolute, as the service sees them. Return: a descriptor or -errno. */
int settings_open(const struct settings_source *source, const char *path, int flags);
bool settings_exists(const struct settings_source *source, const char *path);
/* The absolute path with all links resolved; NULL when it does not exist, or without memory. */
const char *settings_resolve(struct arena *arena, const struct settings_source *source, const char *path);
/*
 * Reads a file as `[ -f path ] && . path` would: a path that leads to no regular file counts as missing.
 * Return: 0, also when it is missing or cannot be read, or -ENOMEM.
 */
int settings_read(struct arena *arena, const struct settings_source *source, const char *path, struct source_text *ret);
/*
 * The names in a folder that begin with prefix and end with suffix, in version order. No names if the folder does not
 * exist. Return: 0, -ENOMEM.
 */
int settings_list(struct arena *arena, const struct settings_source *source, const char *folder, const char *prefix,
		  const char *suffix, struct source_names *ret);
/*
 * The paths of what a folder has and whose name matches a pattern of fnmatch(3), in the order of strcmp(3). None if the
 * folder does not exist. Return: 0, -ENOMEM.
 */
int settings_match(struct arena *arena, const struct settings_source *source, const char *folder, const char *pattern,
		   struct source_names *ret);
/* The source for the settings of an image, or of the system: root "" or NULL. Return: 0, -ENOMEM. */
int settings_source_at(struct arena *arena, const char *root, struct settings_source *ret);
/* The login name of a user given by name or, as in User=, by number; unchanged if no such user exists. Return: NULL
 * without memory. */
const char *settings_user_name(struct arena *arena, const struct settings_source *source, const char *user);
/* Looks a user up by name. *ret_home is NULL when there is no such user. Return: 0, -ENOMEM. */
int settings_home(struct arena *arena, const struct settings_source *source, const char *user, const char **ret_home);

#endif
