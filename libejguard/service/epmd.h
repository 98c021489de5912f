/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The names that are registered in epmd. */
#ifndef EJG_SERVICE_EPMD_H
#define EJG_SERVICE_EPMD_H

#include "libejguard/service/survey-draft.h"

/*
 * Collects epmd's answer to NAMES, after listeners_collect(). epmd is asked only if that starts nothing: a connection
 * to a socket that only the service manager holds would start epmd. Return: 0, -ENOMEM.
 */
int epmd_names_collect(struct survey_draft *draft);

#endif
