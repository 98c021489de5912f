/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The user that the service runs as: determined once, for the survey and for all modules. */
#ifndef EJG_SERVICE_USER_H
#define EJG_SERVICE_USER_H

#include "libejguard/service/survey-draft.h"

/* Fills in user and user_known of a survey that has its settings and processes. Return: 0, -ENOMEM. */
int user_find(struct survey_draft *draft);

#endif
