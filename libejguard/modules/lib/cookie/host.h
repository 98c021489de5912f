/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Data about the service and this host for the modules that search for cookies. */
#ifndef EJG_LIB_COOKIE_HOST_H
#define EJG_LIB_COOKIE_HOST_H

#include <ejguard/module.h>

#include "libejguard/modules/lib/access/access.h"
#include "libejguard/modules/lib/cookie/vault.h"

struct cookie_host {
	const struct ejg_facts *facts;
	const struct ejg_survey *survey;
	struct arena *arena; /* owned */
	struct vault *vault; /* belongs to the module */
	struct access_service service;
};

/*
 * @vault: NULL when memory for it ran out.
 * Return: 0, -ENOMEM. *ret untouched on failure; otherwise end it with cookie_host_end().
 */
int cookie_host_begin(struct ejg_call *call, struct vault *vault, struct cookie_host *ret);
/* Clears the vault, which still belongs to the module. */
void cookie_host_end(struct cookie_host *host);

/* Text from the arena; never NULL. */
const char *cookie_text(const struct cookie_host *host, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* True for a node or tool of the service, and for any other that runs as its user; false for epmd. */
bool cookie_is_own(const struct ejg_process *process);

/* The strength of a cookie in bits; names of this host count as known words. Clears its temporary copies. */
unsigned int cookie_bits(const struct cookie_host *host, const struct cookie *cookie);
/* True if Erlang's own generator made it. */
bool cookie_is_generated(const struct cookie_host *host, const struct cookie *cookie);

#endif
