/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Loads modules: checks trust, dlopen, reads the descriptor. Each module is loaded once for a handle. */
#ifndef EJG_CORE_MODULES_H
#define EJG_CORE_MODULES_H

#include "libejguard/core/report.h"

struct loaded_module {
	struct ejg_module descriptor; /* the host's copy: members the module does not have are zero */
	const char *path;
	void *library;
};

struct modules;

/* The modules of a folder, none loaded yet. moduledir is copied. NULL without memory. */
struct modules *modules_new(const char *moduledir);
/* Unloads all modules, last loaded first; accepts NULL, returns NULL. */
struct modules *modules_free(struct modules *modules);

/*
 * The module of that name; loads it if it is not loaded yet. position is where the stack names it, or NULL.
 *
 * Return: 0, -EBADMSG (missing, untrusted, or malformed: reported with the file and the remedy), -ENOMEM.
 */
int modules_get(struct modules *modules, struct report *report, const char *name, const struct position *position,
		const struct loaded_module **ret);

/* Loads every *.so of the folder, in the order of names. Continues after errors; returns the first. */
int modules_get_all(struct modules *modules, struct report *report);

size_t modules_count(const struct modules *modules);
const struct loaded_module *modules_at(const struct modules *modules, size_t index);

#endif
