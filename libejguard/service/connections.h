/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The TCP connections of epmd and of the distribution, where the service lives. */
#ifndef EJG_SERVICE_CONNECTIONS_H
#define EJG_SERVICE_CONNECTIONS_H

#include "libejguard/service/survey-draft.h"

/* Fills in the connections of the survey, as they come; after epmd_names_collect(). Return: 0, -ENOMEM. */
int connections_collect(struct survey_draft *draft);

#endif
