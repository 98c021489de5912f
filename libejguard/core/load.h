/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What ejg_load() makes of a stack, kept apart until all of it is there. */
#ifndef EJG_CORE_LOAD_H
#define EJG_CORE_LOAD_H

#include "libejguard/core/handle.h"

struct load {
	struct ejg *handle;
	struct arena *arena;
	const struct stack *stack;   /* NULL when it could not be read */
	struct instance *instances; /* those whose line is wrong have no module */
	struct ejg_facts *facts;
	struct settings *settings; /* that the facts come from */
};

/*
 * Reads the stack, loads its modules, binds their options, establishes the facts; all that is wrong is reported, and
 * what is right is there also after a failure. Return: as ejg_load().
 */
int load_stack(struct load *load, const char *file);

/*
 * Goes on after a load_stack() that failed, for a diagnosis: modules whose lines are wrong take the defaults of their
 * options; without a stack, all modules of the folder do. The facts are what can be established. Reports nothing more.
 * *ret_n: the number of instances. Return: 0, -ENOMEM.
 */
int load_defaults(struct load *load, size_t *ret_n);

/*
 * Instances of the modules of the folder that judge a survey (EJG_MODULE_SURVEYS), with the options of the handle's stack
 * where that names them, and their defaults else. Reports nothing. *ret_n: the number. Return: 0, -ENOMEM.
 */
int load_surveyors(struct load *load, size_t *ret_n);

#endif
