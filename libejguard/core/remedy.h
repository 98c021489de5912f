/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Remedies for an image: their commands name files as the image has them. */
#ifndef EJG_CORE_REMEDY_H
#define EJG_CORE_REMEDY_H

#include "libejguard/util/arena.h"

/*
 * A remedy whose commands ("run: COMMAND") run in the image at root: unchanged they would change files of this system.
 * Commands of ejguard and systemctl stay: nothing runs in an image.
 * @arena:  of the result
 * @root:   the folder of the image; NULL or "": this system
 * @remedy: steps, one a line; NULL: none
 * Return: the remedy itself or text from the arena; NULL without memory, or where the remedy is NULL.
 */
const char *remedy_in_root(struct arena *arena, const char *root, const char *remedy);

#endif
