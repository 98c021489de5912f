/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings, and the options that they are made from. */
#include <stdarg.h>
#include <string.h>

#include "libejguard/modules/config/config.h"
#include "libejguard/modules/config/rules.h"

/* Said also of findings that are too many to be shown. */
static bool is_failure(const char *id)
{
#define SEVERITY(number, name, severity, ...) { name, EJG_##severity == EJG_FAILURE },
	static const struct {
		const char *id;
		bool failure;
	} severities[] = { CONFIG_RULES(SEVERITY) };

	for (size_t i = 0; i < ARRAY_SIZE(severities); i++)
		if (strcmp(severities[i].id, id) == 0)
			return severities[i].failure;
	return true;
}

/* A hostile file could make any number of them. */
enum { MAX_FINDINGS = 1000, MAX_UNCERTAIN = 100 };

void config_finding(struct config_check *check, const char *id, const char *subject, const struct yml_node *place,
		    const char *remedy, const char *format, ...)
{
	struct ejg_place where = { .remedy = remedy };
	const bool failure = is_failure(id);
	const char *message;
	va_list ap;

	check->failed |= failure;
	/* Failures have room of their own: no number of warnings may hide them. */
	if ((failure ? check->n_failures++ : check->n_findings++) >= MAX_FINDINGS && strcmp(id, "judged") != 0)
		return;
	va_start(ap, format);
	message = arena_vprintf(check->arena, format, ap);
	va_end(ap);
	/* What nothing in the file says, the hosts that it counts for stand for. */
	if (!place && check->yml.options && strcmp(id, "judged") != 0)
		place = yml_option(&check->yml, NULL, "hosts").key;
	where.file = place && place->file ? place->file : check->yml.setup ? check->yml.setup->config : NULL;
	where.line = place ? place->line : 0;
	where.column = place ? place->column : 0;
	if (!message)
		check->no_memory = true;
	else
		ejg_call_finding_at(check->call, id, subject, &where, "%s", message);
}

void config_uncertain(struct config_check *check, const struct yml_node *place, const struct yml_node *value,
		      const char *option)
{
	const char *why = value && value->kind == YML_UNKNOWN ? value->text
			  : yml_is_placeholder(value)	      ? "nothing in the configuration defines that macro"
							      : "its value is of no kind that ejabberd takes";

	if (check->n_uncertain++ < MAX_UNCERTAIN)
		config_finding(check, "indeterminate", option, place ? place : value, NULL, "%s cannot be judged: %s",
			       option, why);
}

const char *config_edit(struct config_check *check, const struct yml_node *place, const char *what)
{
	const char *file = place && place->file ? place->file : check->yml.setup->config;

	if (!what)
		return NULL;
	if (place && place->line)
		return arena_printf(check->arena, "%s in %s:%u", what, file, place->line);
	return arena_printf(check->arena, "%s in %s", what, file);
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
