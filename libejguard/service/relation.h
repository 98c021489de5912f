/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The relation of each process to the service: enum ejg_relation, computed only here. */
#ifndef EJG_SERVICE_RELATION_H
#define EJG_SERVICE_RELATION_H

#include "libejguard/service/survey-draft.h"

/* Fills in the user of the survey and the relation of its processes, after both. Return: 0, -ENOMEM. */
int relations_find(struct survey_draft *draft);

#endif
