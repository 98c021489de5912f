/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Makes findings, and reads options for them. */
#include <stdarg.h>
#include <string.h>

#include "libejguard/modules/config/config.h"
#include "libejguard/util/quote.h"

/* Limits for one id: a malicious file could cause any number, and must not hide other findings. */
enum { MAX_FINDINGS = 250, MAX_UNCERTAIN = 100 };

/* Counts another finding. Return: true if it should be shown. */
static bool count(struct config_check *check, const char *id)
{
	struct config_kind *kind = check->kinds;

	while (kind->id && strcmp(kind->id, id) != 0)
		kind++;
	kind->id = id;
	if (kind->n++ < MAX_FINDINGS)
		return true;
	check->more = true;
	return false;
}

void config_finding(struct config_check *check, const char *id, const char *subject, const struct yml_node *place,
		    const char *remedy, const char *format, ...)
{
	struct ejg_place where = { .remedy = remedy };
	enum ejg_severity severity;
	const char *message;
	va_list ap;

	if (!count(check, id))
		return;
	va_start(ap, format);
	message = arena_vprintf(check->arena, format, ap);
	va_end(ap);
	/* A finding without a line in the file gets the place of the hosts to which it applies. */
	if (!place && check->yml.options && strcmp(id, "judged") != 0)
		place = yml_option(&check->yml, NULL, "hosts").key;
	where.file = place && place->file ? place->file : check->yml.setup ? check->yml.setup->config : NULL;
	where.line = place ? place->line : 0;
	where.column = place ? place->column : 0;
	if (!message) {
		check->no_memory = true;
		return;
	}
	/* If the subject is the file itself, the finding has it as its place only. */
	severity = ejg_call_finding_at(check->call, id,
				       subject && where.file && !strcmp(subject, where.file) ? NULL : subject, &where,
				       "%s", message);
	if (severity > check->worst)
		check->worst = severity;
}

void config_uncertain(struct config_check *check, const struct yml_node *place, const struct yml_node *value,
		      const char *option)
{
	const char *why = value && value->kind == YML_UNKNOWN ? value->text
			  : yml_is_placeholder(value)	      ? "the configuration does not define that macro"
							      : "its value has a type that ejabberd does not accept";

	if (check->n_uncertain++ < MAX_UNCERTAIN)
		config_finding(check, "indeterminate", option, place ? place : value, NULL, "%s cannot be checked: %s",
			       option, why);
}

const char *config_edit(struct config_check *check, const struct yml_node *place, const char *what)
{
	/* the service may choose the name of an included file: quote it, so that it cannot add a step to the remedy */
	const char *file = quote_shell(check->arena, place && place->file ? place->file : check->yml.setup->config);

	if (!what || !file)
		return NULL;
	if (place && place->line)
		return arena_printf(check->arena, "edit: %s:%u: %s", file, place->line, what);
	return arena_printf(check->arena, "edit: %s: %s", file, what);
}

static int read_bool(struct config_check *check, const struct yml_pair *pair, const char *name, int fallback)
{
	int value = pair ? yml_bool(pair->value) : fallback;

	if (pair && value < 0)
		config_uncertain(check, pair->key, pair->value, name);
	return value;
}

int config_bool(struct config_check *check, const struct yml_node *map, const char *name, int fallback)
{
	return read_bool(check, yml_find(map, name), name, fallback);
}

int config_option_bool(struct config_check *check, const struct yml_host *host, const char *name, int fallback)
{
	struct yml_option option = yml_option(&check->yml, host, name);
	struct yml_pair pair = { option.key, option.value };

	return read_bool(check, option.value ? &pair : NULL, name, fallback);
}

static bool has_own(const struct config_check *check, const struct yml_host *host, const char *const *options)
{
	for (; *options; options++)
		if (yml_option(&check->yml, host, *options).own)
			return true;
	return false;
}

void config_each_host(struct config_check *check, const char *const *options, config_rule_fn rule)
{
	const struct yml_host *shared = NULL;

	for (size_t i = 0; i < check->yml.n_hosts; i++) {
		const struct yml_host *host = &check->yml.hosts[i];

		if (has_own(check, host, options))
			rule(check, host, host->name);
		else if (!shared)
			shared = host;
	}
	if (shared || !check->yml.n_hosts)
		rule(check, shared, NULL);
}

const struct yml_pair *config_module(struct config_check *check, const struct yml_host *host, const char *module)
{
	return yml_find(yml_option(&check->yml, host, "modules").value, module);
}
