/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The module `cookie`: the secret on which the distribution protocol rests. See ejguard-cookie(8). */
#include "libejguard/modules/cookie/cookie.h"

#include "libejguard/util/cleanup.h"

static void cookie_finish(struct ejg_call *call)
{
	struct cookie_state *state = ejg_call_state(call);

	if (state->vault)
		vault_free(&state->vault->vault);
	state->vault = NULL;
}

static const char *const rotate_words[] = {
	[COOKIE_ROTATE_NO] = "no",
	[COOKIE_ROTATE_WEAK] = "weak",
	NULL,
};

static const struct ejg_option options[] = {
	{ .name = "create",
	  .type = EJG_OPTION_BOOL,
	  .offset = offsetof(struct cookie_config, create),
	  .fallback = "no",
	  .help = "apply writes a strong cookie where there is none and no node runs" },
	{ .name = "repair",
	  .type = EJG_OPTION_BOOL,
	  .offset = offsetof(struct cookie_config, repair),
	  .fallback = "no",
	  .help = "apply mends the mode, the ACL and root's ownership of the cookie file" },
	{ .name = "rotate",
	  .type = EJG_OPTION_ENUM,
	  .offset = offsetof(struct cookie_config, rotate),
	  .choices = rotate_words,
	  .fallback = "no",
	  .help = "weak: apply replaces a cookie that can be guessed or that others can know" },
	{ .name = "min_length",
	  .type = EJG_OPTION_UNSIGNED,
	  .offset = offsetof(struct cookie_config, min_length),
	  .min = 1,
	  .max = COOKIE_MAX,
	  .fallback = "16",
	  .help = "shorter cookies are advised against" },
	{ .name = "file",
	  .type = EJG_OPTION_PATH,
	  .offset = offsetof(struct cookie_config, file),
	  .help = "where the cookie is, instead of where Erlang would look for it" },
};

static const struct ejg_finding_info findings[] = {
	{ "sound", EJG_OK, "the cookie is strong and private", NULL },
	{ "unseen", EJG_INFO, "something about the cookie could not be seen", NULL },
	{ "capitals", EJG_INFO, "20 capital letters that Erlang's generator cannot have made", NULL },
	{ "file-system", EJG_INFO, "the cookie's file system forgets it, or sends it over a network", NULL },
	{ "touched", EJG_INFO, "the cookie file's name or attributes changed after the node started", NULL },
	{ "created", EJG_INFO, "apply wrote a new cookie", NULL },
	{ "repaired", EJG_INFO, "apply mended the cookie file", NULL },
	{ "rotated", EJG_INFO, "apply replaced the cookie", NULL },
	{ "would-change", EJG_INFO, "what apply would do if it were not permissive", NULL },
	{ "absent", EJG_WARNING, "there is no cookie: Erlang would generate one",
	  "have a strong one written before the first start: set create=yes\nrun: ejguard apply" },
	{ "generated", EJG_WARNING, "Erlang's generator made the cookie", "replace it: rotate=weak" },
	{ "short", EJG_WARNING, "the cookie is short", "replace it: rotate=weak" },
	{ "blank", EJG_WARNING, "the cookie begins or ends with a blank", "replace it" },
	{ "leading-sign", EJG_WARNING, "the cookie begins with + or -", "replace it" },
	{ "link", EJG_WARNING, "the cookie file is a symbolic link", "put the file itself there" },
	{ "hard-link", EJG_WARNING, "the cookie file has further names", "remove the other names" },
	{ "two-files", EJG_WARNING, "two cookie files, of which one is not read", "remove the one that is not meant" },
	{ "place-unsure", EJG_WARNING, "the start script may set another HOME", "say where the cookie is: file=PATH" },
	{ "home-differs", EJG_WARNING, "a running node reads another cookie file than the next start will",
	  "set HOME in one place only" },
	{ "contradiction", EJG_WARNING, "the arguments set another cookie than the file", "remove -setcookie" },
	{ "changed", EJG_WARNING, "the cookie file was written after the node had started",
	  "restart the node when the new cookie is meant; until then the tools of the service cannot reach it" },
	{ "not-rotated", EJG_WARNING, "rotate=weak could not replace the cookie", "see the message" },
	{ "place-unknown", EJG_FAILURE, "nothing says where the cookie is", "say where it is: file=PATH" },
	{ "unreadable", EJG_FAILURE, "the cookie file cannot be read", "put a regular file there" },
	{ "type", EJG_FAILURE, "the cookie is not a regular file", "put a regular file there" },
	{ "folder", EJG_FAILURE, "somebody else can put another cookie file in its place",
	  "take the write permission to the folder from others" },
	{ "owner", EJG_FAILURE, "the cookie file belongs to somebody else",
	  "replace the cookie, its owner knows it: rotate=weak" },
	{ "owner-root", EJG_FAILURE, "the cookie file is root's: the node cannot read it", "use repair=yes" },
	{ "mode", EJG_FAILURE, "the cookie file's mode is not the owner's alone", "use repair=yes" },
	{ "acl", EJG_FAILURE, "the cookie file's ACL grants access to others", "use repair=yes" },
	{ "malformed", EJG_FAILURE, "Erlang refuses the cookie: the node does not start", "write a new cookie" },
	{ "well-known", EJG_FAILURE, "the cookie is a public default", "replace it: rotate=weak" },
	{ "placeholder", EJG_FAILURE, "the cookie is a text that asks to be replaced", "replace it: rotate=weak" },
	{ "weak", EJG_FAILURE, "the cookie can be guessed", "replace it: rotate=weak" },
	{ "setcookie", EJG_FAILURE, "the node's arguments are told to carry a cookie",
	  "remove -setcookie, and keep the cookie in its file alone" },
	{ "in-argv", EJG_FAILURE, "a running process carries a cookie in its arguments",
	  "remove -setcookie where it is set, replace the cookie and restart" },
	{ "nocookie", EJG_FAILURE, "-nocookie makes the cookie a public word", "remove -nocookie and restart" },
	{ "not-created", EJG_FAILURE, "create=yes could not write a cookie", "see the message" },
	{ "not-repaired", EJG_FAILURE, "repair=yes could not mend the cookie file", "see the message" },
};

EJG_MODULE_EXPORT const struct ejg_module ejguard_module = {
	EJG_MODULE_HEADER,
	.name = "cookie",
	.summary = "the Erlang cookie: where it is, who can read it, who can guess it",
	.flags = EJG_MODULE_IMAGES,
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.findings = findings,
	.n_findings = ARRAY_SIZE(findings),
	.config_size = sizeof(struct cookie_config),
	.state_size = sizeof(struct cookie_state),
	.check = cookie_check,
	.prepare = cookie_prepare,
	.apply = cookie_apply,
	.release = cookie_release,
	.finish = cookie_finish,
};
