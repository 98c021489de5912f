/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The names that epmd knows. */
#ifndef EJG_SERVICE_EPMD_H
#define EJG_SERVICE_EPMD_H

#include "libejguard/service/survey-draft.h"

/*
 * Fills in what epmd answers to NAMES, after listeners_collect(). It is asked only when that starts nothing: a socket
 * that the service manager holds alone would bring epmd up. Return: 0, -ENOMEM.
 */
int epmd_names_collect(struct survey_draft *draft);

#endif
