/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds stack files, checks that they are trusted, and reads them. */
#ifndef EJG_CORE_STACK_SOURCE_H
#define EJG_CORE_STACK_SOURCE_H

#include "libejguard/core/stack-file.h"

/* The result of stack_source_read(); the caller frees text. */
struct stack_text {
	const char *path; /* absolute; set on failure too if a file is at fault */
	char *text;
	size_t size;
	const char *id;	     /* on failure: an id of report-findings.c */
	const char *problem; /* and one sentence that names the file */
};

/*
 * Reads the stack file of that name: the administrator's, or the shipped one where there is none. The shipped one is
 * used only if the administrator's does not exist. Without a name it is the stack's own file, source->file if that is
 * given.
 *
 * Return: 0, -ENOENT, -EBADMSG, -EPERM, -EIO, -ENOMEM.
 */
int stack_source_read(struct arena *arena, const struct stack_source *source, const char *name, struct stack_text *ret);

#endif
