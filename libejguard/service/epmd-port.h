/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The port of epmd, by the rules of erl and epmd. */
#ifndef EJG_SERVICE_EPMD_PORT_H
#define EJG_SERVICE_EPMD_PORT_H

#include "libejguard/service/base/settings-struct.h"

enum epmd_port_state {
	EPMD_PORT_UNSET,   /* the default */
	EPMD_PORT_SET,	   /* to `port` */
	EPMD_PORT_UNKNOWN, /* it cannot be determined without running the file */
	EPMD_PORT_WRONG,   /* `text` is not a port */
};

struct epmd_port {
	enum epmd_port_state state;
	uint16_t port;
	const char *name; /* the variable or the option that sets it */
	const char *text;
	struct ejg_origin origin;
};

/* From settings that were read; valid as long as these. */
struct epmd_port epmd_port_find(const struct settings *s);

#endif
