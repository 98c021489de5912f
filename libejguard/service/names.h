/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of nodes that are not in the node's arguments. */
#ifndef EJG_SERVICE_NAMES_H
#define EJG_SERVICE_NAMES_H

#include "libejguard/service/survey-draft.h"

/*
 * RabbitMQ's node gets its name after the start: its name is then the one in epmd for a port on which it listens. After
 * processes, listeners and epmd's names. Return: 0, -ENOMEM.
 */
int nodes_name(struct survey_draft *draft);

#endif
