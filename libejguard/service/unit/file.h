/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file of EnvironmentFile=. */
#ifndef EJG_SERVICE_UNIT_FILE_H
#define EJG_SERVICE_UNIT_FILE_H

#include "libejguard/service/base/source.h"
#include "libejguard/service/base/variables.h"

/* Reads it into the variables. Return: true if all of it is understood. */
bool unit_environment_text(struct variables *v, const struct source_text *source);

#endif
