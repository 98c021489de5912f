/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Remedies for an image: their commands name files as the image has them. */
#ifndef EJG_CORE_REMEDY_H
#define EJG_CORE_REMEDY_H

#include "libejguard/util/arena.h"

/* What a command for an image begins with. It is no "run:": nobody is to paste it into a shell of this system. */
#define REMEDY_IN_IMAGE "in the image, run: "

/*
 * A remedy whose commands ("run: COMMAND") are for the image at root: as they are they would change files of this
 * system, and chroot(1) would run programs of the image, which need not be trusted, as root. A command that copies a
 * stack stays: stacks are read from this system.
 * @arena:  holds the result
 * @root:   the folder of the image; NULL or "": this system
 * @remedy: steps, one a line; NULL: none
 *
 * Return: the remedy itself or text from the arena; NULL without memory, or where the remedy is NULL.
 */
const char *remedy_in_root(struct arena *arena, const char *root, const char *remedy);

#endif
