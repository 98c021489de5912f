/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/node/version.h"

#include <stdio.h>

bool node_version_before_2406(const char *version)
{
	unsigned int year, month;

	return version && sscanf(version, "%2u.%2u", &year, &month) == 2 && year * 100 + month < 2406;
}
