/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The list of places under construction, and helpers for their paths. Paths come from the arena of the run. */
#ifndef EJG_FILES_PLACE_LIST_H
#define EJG_FILES_PLACE_LIST_H

#include "libejguard/modules/files/files.h"

/* Adds a copy of a place. Return: 0, -ENOMEM. */
int places_add(struct files *files, const struct file_place *place);
/*
 * Adds the entries of a folder that match the pattern, otherwise like another place. folder or pattern NULL: -ENOMEM.
 */
int places_add_siblings(struct files *files, const struct file_place *like, const char *folder, const char *pattern,
			enum file_group group);
/* Adds the paths in ejabberd.yml (places-yml.c). Return: 0, -ENOMEM. */
int places_add_yml(struct files *files);

/* "FOLDER/NAME"; NULL without a folder or memory. */
const char *places_join(struct files *files, const char *folder, const char *name);
/* The path without its last component; NULL if it has only one, or without memory. */
const char *places_folder(struct files *files, const char *path);
/* The last component. */
const char *places_base(const char *path);
/* A pattern that matches the first bytes of a file's name literally, followed by `after`. NULL without memory. */
const char *places_escape(struct files *files, const char *name, size_t length, const char *after);

#endif
