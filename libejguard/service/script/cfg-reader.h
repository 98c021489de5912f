/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The reader of ejabberdctl.cfg, shared by its parts: cfg.c, cfg-level.c, cfg-builtin.c. */
#ifndef EJG_SERVICE_SCRIPT_CFG_READER_H
#define EJG_SERVICE_SCRIPT_CFG_READER_H

#include <string.h>

#include "libejguard/service/script/line.h"
#include "libejguard/service/script/statement.h"

enum {
	CFG_LEVELS = 32,    /* of if and loops, one inside of another */
	CFG_FUNCTIONS = 16, /* whose names are remembered */
	CFG_FILES = 8,	    /* that are read by `.`, in all */
};

/* An if, a loop or a case. */
struct cfg_level {
	enum shell_mode mode; /* of its commands now */
	bool taken;	      /* a branch of this if runs: no other one does */
	bool perhaps;	      /* a branch may run */
	bool loop;
	bool is_case;
	bool pattern; /* of a case: a pattern or esac comes next */
};

struct cfg {
	struct shell shell;
	/* Reads a whole text, of cfg or of a file that it reads. Return: NULL, or why it is opaque, at *ret_line. */
	const char *(*read)(struct cfg *c, uint32_t *ret_line);
	const char *at;
	const char *end;
	const char *counted; /* lines are counted up to here */
	struct cfg_level levels[CFG_LEVELS];
	unsigned int level;    /* how many of them are open */
	uint32_t opened;       /* the line of the outermost */
	bool perhaps;	       /* the rest of this list may or may not run */
	char never;	       /* does not run: the operator that skips it, & or | */
	bool piped;	       /* is a part of a pipe, so it runs in a subshell */
	bool negated;	       /* a ! stands before the command */
	enum truth truth;      /* of the command before */
	enum truth condition;  /* of the list before, for `then` */
	enum shell_mode floor; /* of the statement that reads this file */
	const char *functions[CFG_FUNCTIONS];
	size_t n_functions;
	unsigned int *n_files; /* read so far */
};

/* The functions below read a piece; those that return a text return NULL, or why the statement is opaque. */

static inline void cfg_skip_blanks(struct cfg *c)
{
	c->at = script_blanks(c->at, c->end);
}

/* True at the end of a command. A # here follows a blank, so it begins a comment. */
static inline bool cfg_at_end(const struct cfg *c)
{
	return c->at == c->end || strchr("\n;&|#", *c->at);
}

/* `if`, `then` and similar words before a command. *ret_command: a command follows. */
const char *cfg_words(struct cfg *c, bool *ret_command);
/* The innermost level, if it is a case; else NULL. */
struct cfg_level *cfg_case(struct cfg *c);
/* How the commands of all open levels run. */
enum shell_mode cfg_mode(const struct cfg *c);

/* Takes readonly, trap, exec, `.`, the head of a function and its body. *ret_taken: it was one of them. */
const char *cfg_builtin(struct cfg *c, bool *ret_taken);
/* True if the command is a function of this file. */
bool cfg_is_function(const struct cfg *c);

#endif
