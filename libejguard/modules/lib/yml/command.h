/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command lines of extauth_program and captcha_cmd, which Erlang gives to sh: its files, and their interpreters. */
#ifndef EJG_LIB_YML_COMMAND_H
#define EJG_LIB_YML_COMMAND_H

#include <stddef.h>

struct arena;

enum yml_word_kind {
	YML_WORD_PROGRAM,  /* the command itself */
	YML_WORD_SCRIPT,   /* what an interpreter reads */
	YML_WORD_ARGUMENT, /* another path, which the program may read, write or make */
};

struct yml_word {
	enum yml_word_kind kind;
	const char *path; /* as sh gets it; ~ and $HOME are @HOME@ here */
	const char *note; /* why the path is not known, or NULL */
};

enum { YML_MAX_WORDS = 32 };

/* Finds the paths of a command line. Return: their number, at most YML_MAX_WORDS; 0 without memory, too. */
size_t yml_command(struct arena *arena, const char *text, struct yml_word ret[YML_MAX_WORDS]);

/*
 * The interpreter of a script, as its first line (#!) names it: the program of an absolute path behind `env`, too.
 * NULL: the file is no script, or cannot be read, or there is no memory.
 */
const char *yml_interpreter(struct arena *arena, const char *root, const char *path);

#endif
