/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What status says of the refusals of a set. */
#ifndef EJG_NET_REPORT_H
#define EJG_NET_REPORT_H

#include "libejguard/modules/net/pins.h"

/* The counters, as the metric `denials`. Return: 0, or a negative errno, set on the call. */
int report_counters(struct ejg_call *call, const struct pins *pins);

/* The last distinct denials, as findings `denied`, and how many there are, as the metric `distinct_denials`. */
void report_denials(struct ejg_call *call, const struct pins *pins);

#endif
