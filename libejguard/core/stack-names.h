/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The names of the services that have a stack file, for the message about an unknown name. */
#ifndef EJG_CORE_STACK_NAMES_H
#define EJG_CORE_STACK_NAMES_H

#include <stdbool.h>

#include "libejguard/core/stack-file.h"

/* True for a valid name of a service: at most 63 characters of a-z, 0-9, _ and -. */
bool stack_name_valid(const char *name);

/* The names in both folders, sorted, with commas between them; "" when none is found or readable. NULL: no memory. */
const char *stack_names(struct arena *arena, const struct stack_source *source);

#endif
