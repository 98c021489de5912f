/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The contents of the log. */
#include <string.h>

#include "libejguard/modules/config/config.h"

/* A name, or a number up to 5, which is debug; 4 is info (ejabberd_logger.erl, convert_loglevel()). -1: unknown. */
enum level { LEVEL_UNKNOWN = -1, LEVEL_QUIET, LEVEL_INFO, LEVEL_DEBUG };

static enum level read_level(const struct yml_node *value)
{
	static const char *const quiet[] = { "none", "emergency", "alert", "critical", "error", "warning", "notice" };
	int64_t number;

	if (!value || yml_is(value, "info"))
		return LEVEL_INFO;
	if (yml_is(value, "debug"))
		return LEVEL_DEBUG;
	if (yml_integer(value, &number))
		return number >= 5 ? LEVEL_DEBUG : number == 4 ? LEVEL_INFO : number >= 0 ? LEVEL_QUIET : LEVEL_UNKNOWN;
	for (size_t i = 0; i < ARRAY_SIZE(quiet); i++)
		if (yml_is(value, quiet[i]))
			return LEVEL_QUIET;
	return LEVEL_UNKNOWN;
}

static const char *name_modules(struct config_check *check, const struct yml_node *list)
{
	const char *text = "";

	for (size_t i = 0; i < list->n && i < 5 && text; i++)
		if (yml_text(list->items[i]))
			text = arena_printf(check->arena, "%s%s%s", text, *text ? ", " : "", list->items[i]->text);
	return text ? text : "";
}

static void check_sensitive(struct config_check *check, const struct yml_host *host, const char *subject)
{
	struct yml_option level = yml_option(&check->yml, NULL, "loglevel");
	struct yml_option hide = yml_option(&check->yml, host, "hide_sensitive_log_data");
	struct yml_option fully = yml_option(&check->yml, NULL, "log_modules_fully");
	bool verbose = read_level(level.value) == LEVEL_DEBUG || (fully.value && fully.value->n);

	if (config_option_bool(check, host, "hide_sensitive_log_data", 0) != 0)
		return;
	if (verbose)
		config_finding(
			check, "log-sensitive", subject, hide.key ? hide.key : level.key,
			config_edit(check, hide.key, "set hide_sensitive_log_data: true"),
			"hide_sensitive_log_data is %s: the log contains the addresses of clients and what they send",
			hide.value ? "off" : "not set");
	else if (read_level(level.value) == LEVEL_INFO)
		config_finding(
			check, "log-addresses", subject, hide.key ? hide.key : level.key, NULL,
			"the log contains the addresses of clients; hide_sensitive_log_data: true leaves them out");
}

void check_log(struct config_check *check)
{
	static const char *const options[] = { "hide_sensitive_log_data", NULL };
	struct yml_option level = yml_option(&check->yml, NULL, "loglevel");
	struct yml_option fully = yml_option(&check->yml, NULL, "log_modules_fully");

	if (read_level(level.value) == LEVEL_UNKNOWN)
		config_uncertain(check, level.key, level.value, "loglevel");
	if (read_level(level.value) == LEVEL_DEBUG)
		config_finding(check, "log-debug", "loglevel", level.key,
			       config_edit(check, level.key, "set loglevel: info"),
			       "loglevel debug records whole stanzas, with passwords and tokens");
	if (fully.value && (fully.value->kind == YML_UNKNOWN || !yml_is_list(fully.value)))
		config_uncertain(check, fully.key, fully.value, "log_modules_fully");
	else if (fully.value && fully.value->n)
		config_finding(check, "log-debug", "log_modules_fully", fully.key,
			       config_edit(check, fully.key, "remove log_modules_fully"),
			       "log_modules_fully records everything of %s, whatever the loglevel",
			       name_modules(check, fully.value));
	config_each_host(check, options, check_sensitive);
}
