/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What contradicts what: the facts, the settings, and what really runs. Findings of the core, discover-... */
#ifndef EJG_CORE_SURVEY_COMPARE_H
#define EJG_CORE_SURVEY_COMPARE_H

#include <ejguard/facts.h>

#include "libejguard/core/report.h"

void survey_compare(struct report *report, const struct ejg_facts *facts, const struct ejg_survey *survey);

#endif
