/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/service/defaults.h"

#include <stddef.h>

const char *const service_config_dirs[] = { "/etc/ejabberd", "/opt/ejabberd/conf", "/usr/local/etc/ejabberd",
					    "/home/ejabberd/conf", NULL };
