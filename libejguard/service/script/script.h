/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads the start script line by line without running it. */
#ifndef EJG_SERVICE_SCRIPT_SCRIPT_H
#define EJG_SERVICE_SCRIPT_SCRIPT_H

#include "libejguard/service/base/settings-struct.h"

/*
 * Follows a script: presets, defaults, ejabberdctl.cfg where it is sourced. A statement whose condition is unknown
 * makes its variables indeterminate. If the script is a wrapper, path is the next script, called by `exec`.
 * Return: 0, -ENOMEM.
 */
int script_read(struct settings *s, const char *path, const char *text, size_t size, enum ejg_origin_kind kind,
		const char **ret_next);

#endif
