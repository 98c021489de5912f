/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads texts that may contain a cookie, one after the other: a fixed list of places, with limits on files and bytes.
 * Links in folders are not followed, and no file is read twice.
 */
#ifndef EJG_LIB_COOKIE_TEXTS_H
#define EJG_LIB_COOKIE_TEXTS_H

#include "libejguard/modules/lib/cookie/places.h"

enum {
	TEXTS_MAX_FILES = 512,	  /* files to read, each up to VAULT_BUFFER */
	TEXTS_MAX_ENTRIES = 8192, /* of folders */
};

enum text_kind {
	TEXT_ARGUMENTS = 1 << 0, /* a start of the service reads it: options in it count */
	TEXT_FOLLOW = 1 << 1,	 /* named by a setting: a link at its end is followed */
	TEXT_KEYS = 1 << 2,	 /* a configuration of keys and values: emqx.conf */
	TEXT_UNIT = 1 << 3,	 /* a unit: the files of EnvironmentFile= are read too */
	TEXT_PATTERN = 1 << 4,	 /* the path is a pattern */
};

/* A text during its callback; it is in the vault's buffer. */
struct text {
	const char *path; /* with links resolved; from the arena */
	const struct access_path *file;
	const char *bytes;
	size_t n;
	bool arguments;
	bool keys;
};

typedef void (*text_fn)(void *data, const struct text *text);

struct text_seen;
struct texts {
	const struct cookie_host *host;
	text_fn fn;
	void *data;
	struct text_seen *seen; /* TEXTS_MAX_FILES */
	size_t n_seen;
	size_t n_entries;
	size_t n_unread;    /* files that could not be read */
	bool more;	    /* a limit was reached */
	const char **named; /* files that the texts name, read after them: EnvironmentFile=, -args_file, include */
	unsigned int *named_kinds;
	size_t n_named;
};

/* Return: 0, -ENOMEM. */
int texts_begin(const struct cookie_host *host, text_fn fn, void *data, struct texts *ret);

/* Marks a file as read. Return: true if it was not marked before. */
bool texts_skip(struct texts *texts, const struct access *access);

/* Reads a file, if it exists. */
void texts_file(struct texts *texts, const char *path, unsigned int kind);

/* Reads the files of a folder whose names match (fnmatch(3)); with depth > 0 also those of its subfolders. */
void texts_folder(struct texts *texts, const char *path, const char *pattern, unsigned int kind, unsigned int depth);

/* Reads the texts that a start of the service uses: ejabberdctl.cfg, vm.args, its script, units and releases. */
void texts_sources(struct texts *texts, const struct cookie_places *places);

/* Reads matching files below releases/ of each release: near the script, in the homes, in /opt/SERVICE*. */
void texts_releases(struct texts *texts, const struct cookie_places *places, const char *pattern, unsigned int kind);

/* The folder of a cookie file, also if the file does not exist. */
const char *texts_home(const struct cookie_host *host, const struct cookie_place *place);

#endif
