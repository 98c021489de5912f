/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Administration: the administrators, and the listeners that offer administration. */
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

/* "/admin (ejabberd_web_admin), /api (mod_http_api)", or NULL without such handlers. */
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
			       "%s runs ejabberdctl's commands for everybody who can connect, without a login",
			       listener->name);
	if (!names || !listener->public)
		return;
	if (listener->tls)
		config_finding(check, "admin-public", listener->name, listener->place,
			       config_edit(check, listener->place, "move it to a listener with ip: \"127.0.0.1\""),
			       "%s offers %s to everybody who can connect to this host", listener->name, names);
	else
		config_finding(
			check, "admin-plain", listener->name, listener->place,
			config_edit(check, listener->place, "set tls: true, or ip: \"127.0.0.1\""),
			"%s offers %s without TLS: the administrator's password crosses the network in plain text",
			listener->name, names);
}

/* The place of an access rule for the finding: its definition, else the list of definitions. */
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

/* An access rule to test. */
struct question {
	const struct yml_host *host;
	const struct yml_node *access;
	const char *fallback;
};

static bool takes_guest(struct config_check *check, void *data)
{
	const struct question *question = data;

	return config_allows(check, question->host, question->access, question->fallback, PROBE_GUEST);
}

/*
 * Tests whether an access rule that does not allow everybody allows accounts that anybody can make: names that match a
 * pattern, or accounts of a host with open registration or guests. Return: the reason, as the start of a sentence, or
 * NULL.
 */
static const char *takeable(struct config_check *check, const struct yml_host *host, const struct yml_node *access,
			    const char *fallback)
{
	struct question question = { host, access, fallback };
	const struct yml_host *open;
	const char *why;

	if (is_everybody(check, host, access, fallback))
		return NULL;
	if (config_allows(check, host, access, fallback, PROBE_CHOSEN) && config_registers(check, host))
		return "takes names by a pattern, and anybody may register: whoever makes an account with such a name";
	open = config_open_host(check, takes_guest, &question);
	if (!open)
		return NULL;
	why = arena_printf(check->arena,
			   "takes accounts of %s, on which anybody gets one (mod_register, or auth_method: anonymous): "
			   "whoever does",
			   open->name);
	check->no_memory |= !why;
	return why;
}

static const char *remedy_takeable(struct config_check *check, const struct yml_node *place)
{
	return config_edit(check, place,
			   "name the administrators one by one (acl: admin: user: NAME@HOST) instead of by a pattern "
			   "or a host, or "
			   "close mod_register and auth_method: anonymous there");
}

/* A rule that names the acl admin is correct: then that acl has to change. */
static const char *remedy_everybody(struct config_check *check, const struct yml_host *host,
				    const struct yml_node *place, const char *otherwise)
{
	static const struct yml_node admin = { .kind = YML_ATOM, .text = "admin", .length = 5 };
	const struct yml_pair *acl = yml_find(yml_option(&check->yml, host, "acl").value, "admin");

	if (acl && (config_matches(check, host, "acl", &admin, PROBE_ACCOUNT) ||
		    config_matches(check, host, "acl", &admin, PROBE_FOREIGN)))
		return config_edit(check, acl->key,
				   "name the administrators one by one (user: NAME@HOST) in acl admin");
	return config_edit(check, place, otherwise);
}

static void check_configure(struct config_check *check, const struct yml_host *host, const char *subject)
{
	const struct yml_pair *module = config_module(check, host, "mod_configure");
	const struct yml_pair *access = module ? yml_find(module->value, "access") : NULL;
	const struct yml_node *place = rule_place(check, host, "configure");
	const bool every = is_everybody(check, host, NULL, "configure");
	const char *why = takeable(check, host, NULL, "configure");

	if (every)
		config_finding(check, "admin-everybody", subject, place,
			       remedy_everybody(check, host, place, "set configure: allow: admin"),
			       "the access rule configure lets every account administer the server");
	else if (why)
		config_finding(check, "admin-everybody", subject, place, remedy_takeable(check, place),
			       "the access rule configure %s administers the server", why);
	if (!access || every || why)
		return;
	/* Since 25.10 mod_configure has a separate rule. */
	why = takeable(check, host, access->value, NULL);
	if (is_everybody(check, host, access->value, NULL))
		config_finding(check, "admin-everybody", subject, access->key,
			       config_edit(check, access->key, "set access: configure for mod_configure"),
			       "mod_configure lets every account administer the server");
	else if (why)
		config_finding(check, "admin-everybody", subject, access->key, remedy_takeable(check, access->key),
			       "mod_configure %s administers the server", why);
}

static void check_privilege(struct config_check *check, const struct yml_host *host, const char *subject,
			    const char *module, const char *option, const char *what)
{
	const struct yml_pair *pair = config_module(check, host, module);
	const struct yml_pair *access = pair ? yml_find(pair->value, option) : NULL;
	const char *why = access ? takeable(check, host, access->value, NULL) : NULL;

	if (access && is_everybody(check, host, access->value, NULL))
		config_finding(check, "privilege-everybody", subject, access->key, NULL, "%s: %s lets every account %s",
			       module, option, what);
	else if (why)
		config_finding(check, "privilege-everybody", subject, access->key, NULL, "%s: %s %s may %s", module,
			       option, why, what);
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
