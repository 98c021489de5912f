/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The folder of a release that brings its own Erlang: FOLDER/bin/NAME, FOLDER/releases/VERSION, FOLDER/lib. */
#ifndef EJG_SERVICE_KIND_RELEASE_H
#define EJG_SERVICE_KIND_RELEASE_H

#include "libejguard/service/base/settings-struct.h"

/*
 * Fills in s->root, root_name and root_version from the program that the unit starts, else from the usual folders of
 * the kind; NULL if no release is found. Return: 0, -ENOMEM.
 */
int release_find(struct settings *s);

#endif
