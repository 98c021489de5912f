/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The findings and metrics of status about the refusals of a set. */
#ifndef EJG_NET_REPORT_H
#define EJG_NET_REPORT_H

#include "libejguard/modules/net/pins.h"

/* Reports the counters, as the metric `denials`. Return: 0, or a negative errno, set on the call. */
int report_counters(struct ejg_call *call, const struct pins *pins);

/* Reports the last distinct denials, as findings `denied`, and their number, as the metric `distinct_denials`. */
void report_denials(struct ejg_call *call, const struct pins *pins);

#endif
