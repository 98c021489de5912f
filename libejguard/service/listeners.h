/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Listening TCP sockets of this network namespace, and the processes that hold them. */
#ifndef EJG_SERVICE_LISTENERS_H
#define EJG_SERVICE_LISTENERS_H

#include "libejguard/service/survey-draft.h"

/* Fills in the listeners of the survey, sorted by port and address; after processes_collect(). Return: 0, -ENOMEM. */
int listeners_collect(struct survey_draft *draft);

#endif
