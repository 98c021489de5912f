/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The start script, gone through line by line without running it. */
#ifndef EJG_SERVICE_SCRIPT_SCRIPT_H
#define EJG_SERVICE_SCRIPT_SCRIPT_H

#include "libejguard/service/settings-struct.h"

/*
 * Runs through a script in the mind: presets, defaults, ejabberdctl.cfg where it is sourced. What is conditional and
 * cannot be decided makes its variables indeterminate. path is what `exec` calls next when the script is a wrapper.
 * Return: 0, -ENOMEM.
 */
int script_read(struct settings *s, const char *path, const char *text, size_t size, enum ejg_origin_kind kind,
		const char **ret_next);

#endif
