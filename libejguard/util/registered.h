/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which names in epmd are the service's: any local user can register any free name, with any port. */
#ifndef EJG_UTIL_REGISTERED_H
#define EJG_UTIL_REGISTERED_H

#include <ejguard/facts.h>

/*
 * True if epmd has the port for a node of the service: the name is that of a running node of the service, which itself
 * listens on the port, and the port is not one of the public ports of the facts.
 */
bool is_registered_by_service(const struct ejg_facts *facts, const struct ejg_survey *survey, uint16_t port);

#endif
