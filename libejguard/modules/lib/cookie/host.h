/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What those who look for cookies know of the service and of this host. */
#ifndef EJG_LIB_COOKIE_HOST_H
#define EJG_LIB_COOKIE_HOST_H

#include <ejguard/module.h>

#include "libejguard/modules/lib/access/access.h"
#include "libejguard/modules/lib/cookie/vault.h"

struct cookie_host {
	const struct ejg_facts *facts;
	const struct ejg_survey *survey;
	struct arena *arena; /* owned */
	struct vault *vault; /* of the module */
	struct access_service service;
};

/*
 * @vault: NULL when there was no memory for it
 * Return: 0, -ENOMEM. *ret untouched on failure; else end it.
 */
int cookie_host_begin(struct ejg_call *call, struct vault *vault, struct cookie_host *ret);
/* Clears the vault, which stays the module's. */
void cookie_host_end(struct cookie_host *host);

/* Text from the arena; never NULL. */
const char *cookie_text(const struct cookie_host *host, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A node or a tool of the service, or any other that runs as its user; epmd is none. */
bool cookie_is_own(const struct ejg_process *process);

/* How good a cookie is against those who guess: words of this host are tried first. Clears what it leaves behind. */
unsigned int cookie_bits(const struct cookie_host *host, const struct cookie *cookie);
/* Whether Erlang's own generator made it. */
bool cookie_is_generated(const struct cookie_host *host, const struct cookie *cookie);

#endif
