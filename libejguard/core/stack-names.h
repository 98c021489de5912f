/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The services that have a stack file, for whoever has written another name. */
#ifndef EJG_CORE_STACK_NAMES_H
#define EJG_CORE_STACK_NAMES_H

#include <stdbool.h>

#include "libejguard/core/stack-file.h"

/* Whether it can be the name of a service: at most 63 of a-z, 0-9, _ and -. */
bool stack_name_valid(const char *name);

/* The names in both folders, sorted, with commas between them; "" where there are none or they cannot be read. NULL: no memory. */
const char *stack_names(struct arena *arena, const struct stack_source *source);

#endif
