/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The module `leaks`: where else the cookie stands. See ejguard-leaks(8). */
#include "libejguard/modules/leaks/leaks.h"

static void leaks_finish(struct ejg_call *call)
{
	struct leaks_state *state = ejg_call_state(call);

	if (state->vault)
		vault_free(&state->vault->vault);
	state->vault = NULL;
}

static const struct ejg_option options[] = {
	{ .name = "file",
	  .type = EJG_OPTION_PATH,
	  .offset = offsetof(struct leaks_config, file),
	  .help = "where the cookie is, instead of where Erlang would look for it" },
};

static const struct ejg_finding_info findings[] = {
	{ "none", EJG_OK, "the cookie was not found in any other file", NULL },
	{ "unseen", EJG_INFO, "something could not be searched", NULL },
	{ "no-cookie", EJG_INFO, "there is no cookie that can be searched for", NULL },
	{ "hash-harmless", EJG_INFO, "a log holds a part of a strong cookie's hash", NULL },
	{ "partly-searched", EJG_INFO, "there was more to search than the module searches", NULL },
	{ "copy", EJG_WARNING, "the cookie stands in another file too", "remove it there" },
	{ "hash-logged", EJG_WARNING, "a log holds a hash by which the cookie can be guessed",
	  "replace the cookie: rotate=weak of the module cookie does" },
	{ "copy-readable", EJG_FAILURE, "the cookie stands in a file that others can read",
	  "remove it there, and replace the cookie" },
	{ "hash-readable", EJG_FAILURE, "others can read a hash by which the cookie can be guessed",
	  "replace the cookie: rotate=weak of the module cookie does" },
};

EJG_MODULE_EXPORT const struct ejg_module ejguard_module = {
	EJG_MODULE_HEADER,
	.name = "leaks",
	.summary = "where else the Erlang cookie stands: copies, units, releases, homes, logs",
	.flags = EJG_MODULE_IMAGES,
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.findings = findings,
	.n_findings = ARRAY_SIZE(findings),
	.config_size = sizeof(struct leaks_config),
	.state_size = sizeof(struct leaks_state),
	.check = leaks_check,
	.finish = leaks_finish,
};
