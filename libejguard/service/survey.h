/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The survey of a service: its settings (settings.c), and the running system (processes.c, listeners.c, epmd.c). */
#ifndef EJG_SERVICE_SURVEY_H
#define EJG_SERVICE_SURVEY_H

#include <ejguard/facts.h>

#include "libejguard/service/settings.h"

/*
 * Collects the survey; it lists what could not be seen. Memory comes from the arena, except for the settings, which
 * must outlive it. Connections are collected only if the caller wants them: the kernel then walks those of the whole
 * machine.
 * Return: 0, -ENOMEM.
 */
int survey_collect(struct arena *arena, const struct ejg_facts *facts, struct settings *settings, bool connections,
		   struct ejg_survey **ret);

#endif
