/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Administration: who is an administrator, and where administration is offered. */
#include <string.h>

#include "libejguard/modules/config/config.h"

static const char *const admin_modules[] = { "ejabberd_web_admin", "mod_http_api", "ejabberd_xmlrpc", "mod_adhoc_api" };

static bool is_admin(const char *module)
{
	for (size_t i = 0; i < ARRAY_SIZE(admin_modules); i++)
		if (strcmp(admin_modules[i], module) == 0)
			return true;
	return false;
}

/* "/admin (ejabberd_web_admin), /api (mod_http_api)", or NULL when there is none. */
static const char *name_handlers(struct config_check *check, const struct config_listener *listener)
{
	const char *text = NULL;

	for (size_t i = 0; i < listener->n_handlers && i < 20; i++) {
		const struct config_handler *handler = &listener->handlers[i];

		if (is_admin(handler->module))
			text = arena_printf(check->arena, "%s%s%s (%s)", text ? text : "", text ? ", " : "",
					    handler->path, handler->module);
	}
	return text;
}

static void check_offer(struct config_check *check, const struct config_listener *listener)
{
	const char *names = name_handlers(check, listener);

	if (config_serves(listener, "ejabberd_ctl") && !listener->socket)
		config_finding(check, "ctl-open", listener->name, listener->place, NULL,
			       "%s runs ejabberdctl's commands without a login for everybody who reaches it",
			       listener->name);
	if (!names || !listener->public)
		return;
	if (listener->tls)
		config_finding(check, "admin-public", listener->name, listener->place,
			       config_edit(check, listener->place, "move it to a listener with ip: \"127.0.0.1\""),
			       "%s offers %s to everybody who reaches this host", listener->name, names);
	else
		config_finding(check, "admin-plain", listener->name, listener->place,
			       config_edit(check, listener->place, "set tls: true, or ip: \"127.0.0.1\""),
			       "%s offers %s without TLS: the administrator's password crosses the network as it is",
			       listener->name, names);
}

/* Where an access rule stands, for the finding: its definition, else the list of definitions. */
static const struct yml_node *rule_place(struct config_check *check, const struct yml_host *host, const char *name)
{
	struct yml_option rules = yml_option(&check->yml, host, "access_rules");
	const struct yml_pair *pair = yml_find(rules.value, name);

	return pair ? pair->key : rules.key;
}

static bool is_everybody(struct config_check *check, const struct yml_host *host, const struct yml_node *access,
			 const char *fallback)
{
	return config_allows(check, host, access, fallback, PROBE_ACCOUNT) ||
	       config_allows(check, host, access, fallback, PROBE_FOREIGN);
}

/* Whether anybody can make an account that an access rule takes: a pattern of names, and registration is open. */
static bool is_takeable(struct config_check *check, const struct yml_host *host, const struct yml_node *access,
			const char *fallback)
{
	return !is_everybody(check, host, access, fallback) &&
	       config_allows(check, host, access, fallback, PROBE_CHOSEN) && config_registers(check, host);
}

static const char *remedy_takeable(struct config_check *check, const struct yml_node *place)
{
	return config_edit(
		check, place,
		"name the administrators one by one (acl: admin: user: NAME@HOST) instead of by a pattern, or "
		"close mod_register");
}

static void check_configure(struct config_check *check, const struct yml_host *host, const char *subject)
{
	const struct yml_pair *module = config_module(check, host, "mod_configure");
	const struct yml_pair *access = module ? yml_find(module->value, "access") : NULL;

	if (is_everybody(check, host, NULL, "configure"))
		config_finding(check, "admin-everybody", subject, rule_place(check, host, "configure"),
			       config_edit(check, rule_place(check, host, "configure"), "set configure: allow: admin"),
			       "the access rule configure lets every account administer the server");
	if (is_takeable(check, host, NULL, "configure"))
		config_finding(check, "admin-everybody", subject, rule_place(check, host, "configure"),
			       remedy_takeable(check, rule_place(check, host, "configure")),
			       "the access rule configure takes names by a pattern, and anybody may register: whoever "
			       "makes an account with such a name administers the server");
	/* Since 25.10 mod_configure has a rule of its own. */
	if (access && is_everybody(check, host, access->value, NULL) && !is_everybody(check, host, NULL, "configure"))
		config_finding(check, "admin-everybody", subject, access->key,
			       config_edit(check, access->key, "set access: configure for mod_configure"),
			       "mod_configure lets every account administer the server");
	else if (access && is_takeable(check, host, access->value, NULL) &&
		 !is_takeable(check, host, NULL, "configure"))
		config_finding(check, "admin-everybody", subject, access->key, remedy_takeable(check, access->key),
			       "mod_configure takes names by a pattern, and anybody may register: whoever makes an "
			       "account with such a name administers the server");
}

static void check_privilege(struct config_check *check, const struct yml_host *host, const char *subject,
			    const char *module, const char *option, const char *what)
{
	const struct yml_pair *pair = config_module(check, host, module);
	const struct yml_pair *access = pair ? yml_find(pair->value, option) : NULL;

	if (access && is_everybody(check, host, access->value, NULL))
		config_finding(check, "privilege-everybody", subject, access->key, NULL, "%s: %s lets every account %s",
			       module, option, what);
	else if (access && is_takeable(check, host, access->value, NULL))
		config_finding(
			check, "privilege-everybody", subject, access->key, NULL,
			"%s: %s takes names by a pattern, and anybody may register: whoever makes an account with "
			"such a name may %s",
			module, option, what);
}

static void check_privileges(struct config_check *check, const struct yml_host *host, const char *subject)
{
	check_configure(check, host, subject);
	check_privilege(check, host, subject, "mod_announce", "access", "send announcements to all users");
	check_privilege(check, host, subject, "mod_muc", "access_admin", "administer all rooms");
}

void check_admin(struct config_check *check)
{
	static const char *const options[] = { "modules", "access_rules", "acl", NULL };

	for (size_t i = 0; i < check->n_listeners; i++)
		check_offer(check, &check->listeners[i]);
	config_each_host(check, options, check_privileges);
}
