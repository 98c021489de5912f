/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values that are variables of a template: whatever should have filled them in did not, and ejabberd does not. */
#include <ctype.h>
#include <string.h>

#include "libejguard/modules/config/config.h"

/* Which variables of a shell, of compose files, Jinja (Ansible, Salt), Helm and ERB there are. */
static const struct {
	const char *open, *close;
} marks[] = { { "${", "}" }, { "{{", "}}" }, { "<%", "%>" } };

/* The end of a variable that text begins with, or NULL. A name is in it, and perhaps a default: ${DOMAIN:-localhost} */
static const char *variable_end(const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
		const char *inside = text + strlen(marks[i].open), *close;

		if (strncmp(text, marks[i].open, strlen(marks[i].open)) != 0)
			continue;
		inside += strspn(inside, " =-");
		close = strstr(inside, marks[i].close);
		if (close && (isalpha((unsigned char)*inside) || strchr("_.$@", *inside)))
			return close + strlen(marks[i].close);
	}
	return NULL;
}

/* True for a text that is nothing but a variable: one within a password may be a part of the password. */
static bool is_variable(const char *text)
{
	const char *end = text ? variable_end(text) : NULL;

	return end && !*end;
}

/* No domain contains one. */
static bool has_variable(const char *text)
{
	for (; text && *text; text++)
		if (variable_end(text))
			return true;
	return false;
}

/* The text is not shown: it may be a password after all. */
static void find_variables(struct config_check *check, const struct yml_node *node, const char *option)
{
	const bool hosts = option && strcmp(option, "hosts") == 0;

	for (size_t i = 0; node->kind == YML_LIST && i < node->n; i++)
		find_variables(check, node->items[i], option);
	for (size_t i = 0; node->kind == YML_MAP && i < node->n; i++)
		find_variables(check, node->pairs[i].value, yml_text(node->pairs[i].key));
	if (hosts ? has_variable(yml_text(node)) : is_variable(yml_text(node)))
		config_finding(check, "template", option, node, NULL,
			       "is a variable of a template, which nothing has filled in: ejabberd takes it as it is");
}

void check_template(struct config_check *check)
{
	find_variables(check, check->yml.options, NULL);
}
