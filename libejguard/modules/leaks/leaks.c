/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The module `leaks`: searches copies of the cookie. See ejguard-leaks(8). */
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
	  .help = "where the cookie file is, if not where Erlang looks for it" },
};

static const struct ejg_finding_info findings[] = {
	{ "none", EJG_OK, "the cookie was not found in any other file", NULL },
	{ "unseen", EJG_INFO, "something could not be searched", NULL },
	{ "no-cookie", EJG_INFO, "there is no cookie to search for", NULL },
	{ "hash-harmless", EJG_INFO, "a log contains a part of a strong cookie's hash", NULL },
	{ "partly-searched", EJG_INFO, "there was more to search than the module searches", NULL },
	{ "copy", EJG_WARNING, "another file contains the cookie, too", "remove it there" },
	{ "hash-logged", EJG_WARNING, "a log contains a hash from which the cookie can be guessed",
	  "replace the cookie, for example with rotate=weak of the module cookie" },
	{ "copy-readable", EJG_FAILURE, "a file that others can read contains the cookie",
	  "remove it there, and replace the cookie" },
	{ "hash-readable", EJG_FAILURE, "others can read a hash from which the cookie can be guessed",
	  "replace the cookie, for example with rotate=weak of the module cookie" },
};

EJG_MODULE_EXPORT const struct ejg_module ejguard_module = {
	EJG_MODULE_HEADER,
	.name = "leaks",
	.summary = "finds copies of the Erlang cookie: in units, releases, home folders, logs",
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
