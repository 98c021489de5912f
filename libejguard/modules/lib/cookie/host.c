/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/lib/cookie/host.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "libejguard/modules/lib/cookie/strength.h"

int cookie_host_begin(struct ejg_call *call, struct vault *vault, struct cookie_host *ret)
{
	struct cookie_host host = {
		.facts = ejg_call_facts(call),
		.survey = ejg_call_survey(call),
		.arena = arena_new(),
		.vault = vault,
	};
	int r = -ENOMEM;

	if (host.survey && host.arena && host.vault)
		r = access_service_find(host.arena, host.facts, host.survey, NULL, &host.service);
	if (r < 0) {
		arena_free(host.arena);
		return r;
	}
	*ret = host;
	return 0;
}

void cookie_host_end(struct cookie_host *host)
{
	host->arena = arena_free(host->arena);
	vault_wipe(host->vault);
}

const char *cookie_text(const struct cookie_host *host, const char *format, ...)
{
	const char *text;
	va_list ap;

	va_start(ap, format);
	text = arena_vprintf(host->arena, format, ap);
	va_end(ap);
	return text ? text : "";
}

bool cookie_is_own(const struct ejg_process *process)
{
	return process->role != EJG_PROCESS_EPMD &&
	       (process->relation == EJG_RELATION_OURS || process->relation == EJG_RELATION_TOOL ||
		process->relation == EJG_RELATION_SAME_USER);
}

unsigned int cookie_bits(const struct cookie_host *host, const struct cookie *cookie)
{
	const char *service = host->facts->service;
	char name[256] = "";
	const char *local[] = { service, host->service.known ? host->service.user : service,
				gethostname(name, sizeof(name) - 1) == 0 && *name ? name : service, NULL };
	const unsigned int bits = strength_bits(cookie, local);

	vault_burn_stack();
	return bits;
}

bool cookie_is_generated(const struct cookie_host *host, const struct cookie *cookie)
{
	bool generated;

	if (!cookie_is_capitals(cookie))
		return false;
	generated = seed_recover(cookie->text, &host->vault->seed);
	explicit_bzero(&host->vault->seed, sizeof(host->vault->seed));
	vault_burn_stack();
	return generated;
}
