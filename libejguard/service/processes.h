/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Erlang processes of this host, from /proc. Names and arguments can be forged by the process. */
#ifndef EJG_SERVICE_PROCESSES_H
#define EJG_SERVICE_PROCESSES_H

#include "libejguard/service/survey-draft.h"

/* Fills in the processes of the survey, sorted by pid. Return: 0, -ENOMEM. */
int processes_collect(struct survey_draft *draft);

#endif
