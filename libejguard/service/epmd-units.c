/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/service/epmd-units.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "libejguard/service/unit/unit.h"
#include "libejguard/util/address.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/epmd-unit.h"

struct epmd_units {
	struct setting_list *list;
	struct settings s;  /* of epmd's service unit, with separate variables */
	bool address, port; /* already added */
};

/* The value of an option in epmd's command: epmd -address 127.0.0.1 */
static const char *find_argument(struct arena *arena, const char *command, const char *option)
{
	const size_t length = strlen(option);

	for (const char *at = command; (at = strstr(at, option)); at += length) {
		const char *value = at + length + strspn(at + length, " \t");

		if (at > command && strchr(" \t", at[-1]) && value > at + length && *value)
			return arena_strndup(arena, value, strcspn(value, " \t"));
	}
	return NULL;
}

static bool add_value(struct epmd_units *e, const char *name, const char *variable, const char *option,
		      const struct unit_parser *p)
{
	const struct unit_value *command = p->commands.n ? &p->commands.items[p->commands.n - 1] : NULL;
	const char *argument = command ? find_argument(e->list->arena, command->text, option) : NULL;
	const struct occurrence *now = variable_filled(&e->s.variables, variable);

	if (argument)
		settings_add(e->list, name, EJG_SETTING_KNOWN, argument, option, &command->origin);
	else if (now)
		settings_add_variable(e->list, name, now);
	return argument || now;
}

static int add_service(struct epmd_units *e, const char *unit)
{
	struct unit_parser p = { .s = &e->s };
	int r;

	e->s.variables = (struct variables){ .arena = e->list->arena };
	r = unit_parse(&p, unit, "Service");
	if (r < 0 || !e->s.unit.path)
		return r;
	r = unit_read_environment(&p);
	if (r < 0)
		return r;
	e->address |= add_value(e, "epmd-address", "ERL_EPMD_ADDRESS", "-address", &p);
	e->port |= add_value(e, "epmd-port", "ERL_EPMD_PORT", "-port", &p);
	return 0;
}

/* One character of an instance's name: "\x5b" is "[". Moves *at behind it. */
static char take_character(const char **at, bool escaped)
{
	unsigned int code;
	char c = **at;

	if (!escaped && strncmp(*at, "\\x", 2) == 0 && isxdigit((unsigned char)(*at)[2]) &&
	    isxdigit((unsigned char)(*at)[3]) && sscanf(*at + 2, "%2x", &code) == 1) {
		*at += 4;
		return (char)code;
	}
	++*at;
	return !escaped && c == '-' ? '/' : c;
}

/* Expands ListenStream=%i:4369 of epmd@0.0.0.0.socket. Return: NULL with other specifiers, or without memory. */
static const char *expand_instance(struct arena *arena, const char *text, const char *unit)
{
	const char *instance = strchr(unit, '@'), *end = strrchr(unit, '.');
	char *copy = arena_alloc(arena, strlen(text) + strlen(unit) + 1), *to = copy;

	if (strncmp(text, "%i", 2) != 0 && strncmp(text, "%I", 2) != 0)
		return strchr(text, '%') ? NULL : text;
	if (!copy || !instance || strchr(text + 2, '%'))
		return NULL;
	for (instance++; instance < end;)
		*to++ = take_character(&instance, text[1] == 'i');
	strcpy(to, text + 2);
	return copy;
}

/* "[fe80::1]:4369%eth0" without its interface. */
static const char *without_interface(struct arena *arena, const char *text)
{
	const char *colon = strrchr(text, ':'), *percent = colon ? strchr(colon, '%') : NULL;

	return percent ? arena_strndup(arena, text, (size_t)(percent - text)) : text;
}

/* "4369" means [::]:4369, by systemd.socket(5). Listeners other than TCP are left out. */
static void add_listener(struct epmd_units *e, const char *unit, const struct unit_value *value, bool ipv6_only)
{
	const char *text = without_interface(e->list->arena, value->text);
	const char *note = ipv6_only ? EPMD_LISTEN_IPV6 : NULL;
	uint16_t port;

	text = text ? expand_instance(e->list->arena, text, unit) : NULL;
	if (!text)
		return;
	if (port_parse(text, &port) == 0)
		settings_add(e->list, "epmd-listen", EJG_SETTING_KNOWN, arena_printf(e->list->arena, "[::]:%u", port),
			     note, &value->origin);
	else if (strchr("/@", text[0]) == NULL && strrchr(text, ':') && port_parse(strrchr(text, ':') + 1, &port) == 0)
		settings_add(e->list, "epmd-listen", EJG_SETTING_KNOWN, text, note, &value->origin);
}

static int add_socket(struct epmd_units *e, const char *unit)
{
	struct unit_parser p = { .s = &e->s };
	int r = unit_parse(&p, unit, "Socket");

	for (size_t i = 0; r == 0 && i < p.listens.n; i++)
		add_listener(e, unit, &p.listens.items[i], p.ipv6_only);
	return r;
}

static int add_unit(struct epmd_units *e, const char *name)
{
	const char *dot = strrchr(name, '.');

	if (!dot)
		return 0;
	return strcmp(dot, ".socket") == 0 ? add_socket(e, name) : add_service(e, name);
}

int epmd_units_add(struct setting_list *list, const struct settings *s)
{
	struct epmd_units e = {
		.list = list,
		.s = { .arena = s->arena, .source = s->source, .service = s->service, .kind = s->kind },
	};
	int r = 0;

	for (size_t i = 0; s->epmd_units && s->epmd_units[i] && r == 0; i++)
		r = add_unit(&e, s->epmd_units[i]);
	if (!e.address)
		settings_add(list, "epmd-address", EJG_SETTING_UNSET, NULL, NULL, NULL);
	if (!e.port)
		settings_add(list, "epmd-port", EJG_SETTING_UNSET, NULL, NULL, NULL);
	return r;
}
