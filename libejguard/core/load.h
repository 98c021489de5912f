/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The result of loading a stack, kept apart from the handle until it is complete. */
#ifndef EJG_CORE_LOAD_H
#define EJG_CORE_LOAD_H

#include "libejguard/core/handle.h"

struct load {
	struct ejg *handle;
	struct arena *arena;
	const struct stack *stack;  /* NULL when it could not be read */
	struct instance *instances; /* without a module where the line has errors */
	struct ejg_facts *facts;
	struct settings *settings; /* the source of the facts */
};

/*
 * Reads the stack, loads its modules, binds their options, establishes the facts; all errors are reported; the parts
 * without errors are kept also after a failure. Return: as ejg_load().
 */
int load_stack(struct load *load, const char *file);

/*
 * Continues after a failed load_stack(), for a diagnosis: modules whose lines have errors get their default options;
 * without a stack, all modules of the folder do. The facts are those that could be established. Reports nothing more.
 * *ret_n: the number of instances. Return: 0, -ENOMEM.
 */
int load_defaults(struct load *load, size_t *ret_n);

/*
 * Instances of the modules of the folder that judge a survey (EJG_MODULE_SURVEYS), with the options of the handle's
 * stack if it names them, else with their defaults. Reports nothing. *ret_n: the number. Return: 0, -ENOMEM.
 */
int load_surveyors(struct load *load, size_t *ret_n);

#endif
