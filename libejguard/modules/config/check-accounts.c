/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Accounts: the storage of passwords, and registration. */
#include <string.h>

#include "libejguard/modules/config/config.h"
#include "libejguard/util/address.h"
#include "libejguard/util/quote.h"

static bool is_scram_type(const struct yml_node *node)
{
	static const char *const types[] = { "scram_sha1", "scram_sha256", "scram_sha512" };

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (yml_is(node, types[i]))
			return true;
	return false;
}

/* Since 25.03 auth_stored_password_types, if it is not empty, overrides auth_password_format. */
static int keeps_plain(const struct yml_option *format, const struct yml_option *types)
{
	if (types->value && types->value->kind == YML_LIST && types->value->n) {
		for (size_t i = 0; i < types->value->n; i++)
			if (!is_scram_type(types->value->items[i]))
				return yml_is(types->value->items[i], "plain") ? 1 : -1;
		return 0;
	}
	if (!format->value || yml_is(format->value, "plain"))
		return 1;
	return yml_is(format->value, "scram") ? 0 : -1;
}

/* True if ejabberd stores the passwords itself: internal (mnesia) or sql; the default is default_db. */
static bool keeps_passwords(const struct yml_node *method)
{
	static const char *const own[] = { "internal", "mnesia", "sql", "odbc" };

	if (!method || method->kind == YML_UNKNOWN)
		return true;
	if (method->kind == YML_LIST) {
		for (size_t i = 0; i < method->n; i++)
			if (keeps_passwords(method->items[i]))
				return true;
		return false;
	}
	for (size_t i = 0; i < ARRAY_SIZE(own); i++)
		if (yml_is(method, own[i]))
			return true;
	return false;
}

static void check_format(struct config_check *check, const struct yml_host *host, const char *subject)
{
	struct yml_option method = yml_option(&check->yml, host, "auth_method");
	struct yml_option format = yml_option(&check->yml, host, "auth_password_format");
	struct yml_option types = yml_option(&check->yml, host, "auth_stored_password_types");
	const struct yml_node *key = types.key && types.value->n ? types.key : format.key;
	int plain = keeps_plain(&format, &types);

	if (!keeps_passwords(method.value))
		return;
	if (plain < 0)
		config_uncertain(check, key, types.key && types.value->n ? types.value : format.value,
				 "auth_password_format");
	else if (plain)
		config_finding(
			check, "password-plain", subject, key,
			config_edit(check, key,
				    "set auth_password_format: scram\nrun: ejabberdctl reload_config\n"
				    "then, for each host, convert what is stored: ejabberdctl convert_to_scram HOST"),
			"passwords are stored in plain text%s: anybody who reads the database, a dump or a backup gets "
			"them all",
			key ? "" : ", ejabberd's default");
}

static bool has_anonymous(const struct yml_node *method)
{
	for (size_t i = 0; method && method->kind == YML_LIST && i < method->n; i++)
		if (yml_is(method->items[i], "anonymous"))
			return true;
	return yml_is(method, "anonymous");
}

static void check_method(struct config_check *check, const struct yml_host *host, const char *subject)
{
	struct yml_option method = yml_option(&check->yml, host, "auth_method");

	if (method.value && (method.value->kind == YML_UNKNOWN || yml_is_placeholder(method.value)))
		config_uncertain(check, method.key, method.value, "auth_method");
	if (has_anonymous(method.value))
		config_finding(check, "auth-anonymous", subject, method.key, NULL,
			       "auth_method lets guests log in without a password: access rules for all accounts then "
			       "include everybody");
}

/* A host and its mod_register. */
struct registration {
	const struct yml_host *host;
	const struct yml_pair *module;
};

/* True if registration is possible: by mod_register's access and ip_access, and without a captcha. */
static bool may_register(struct config_check *check, const struct registration *registration, enum config_probe from)
{
	const struct yml_node *options = registration->module->value;

	return config_allows(check, registration->host, yml_value(options, "access"), "all", PROBE_ACCOUNT) &&
	       config_allows(check, registration->host, yml_value(options, "ip_access"), "all", from) &&
	       config_bool(check, options, "captcha_protected", 0) != 1;
}

static bool may_register_from(struct config_check *check, void *data)
{
	return may_register(check, data, PROBE_NETWORK);
}

/* Networks from which strangers may register: "anywhere", a network larger than one site, or NULL. */
static const char *registers_from(struct config_check *check, const struct yml_host *host,
				  const struct yml_pair *module)
{
	struct registration registration = { host, module };
	struct ejg_prefix network;

	if (may_register(check, &registration, PROBE_STRANGER))
		return "anywhere";
	if (config_worst_network(check, may_register_from, &registration, &network) &&
	    config_network(&network) == NETWORK_STRANGERS)
		return config_network_text(check, &network);
	return NULL;
}

bool config_registers(struct config_check *check, const struct yml_host *host)
{
	const struct yml_pair *module = config_module(check, host, "mod_register");

	return module && module->value->kind != YML_UNKNOWN && registers_from(check, host, module);
}

const struct yml_host *config_open_host(struct config_check *check, config_ask_fn ask, void *data)
{
	enum { MAX_HOSTS = 100 };
	const struct yml_host *found = NULL;

	for (size_t i = 0; i < check->yml.n_hosts && i < MAX_HOSTS && !found; i++) {
		const struct yml_host *host = &check->yml.hosts[i];

		check->open = host;
		if (ask(check, data) && (has_anonymous(yml_option(&check->yml, host, "auth_method").value) ||
					 config_registers(check, host)))
			found = host;
		check->open = NULL;
	}
	return found;
}

static bool serves_register(const struct config_check *check, const struct config_listener **ret)
{
	for (size_t i = 0; i < check->n_listeners; i++)
		if (check->listeners[i].public && config_serves(&check->listeners[i], "mod_register_web")) {
			*ret = &check->listeners[i];
			return true;
		}
	return false;
}

/* If a named access rule allows everybody, that rule has to change; naming it again would not help. */
static const char *remedy_register(struct config_check *check, const struct yml_host *host,
				   const struct yml_pair *module, const struct yml_pair *access)
{
	const char *name = access ? yml_text(access->value) : NULL;
	struct yml_option rules = yml_option(&check->yml, host, "access_rules");
	const struct yml_pair *rule = name ? yml_find(rules.value, name) : NULL;

	if (rule) {
		name = quote_shell(check->arena, name);
		return config_edit(check, rule->key,
				   name ? arena_printf(check->arena, "let %s allow only addresses that you trust", name)
					: NULL);
	}
	return config_edit(check, access ? access->key : module->key,
			   "set ip_access: trusted_network for mod_register (and define that access rule)");
}

static void check_register(struct config_check *check, const struct yml_host *host, const char *subject)
{
	const struct yml_pair *module = config_module(check, host, "mod_register");
	const struct config_listener *listener;
	const struct yml_pair *access;
	const char *from;

	if (!module)
		return;
	if (module->value->kind == YML_UNKNOWN) {
		config_uncertain(check, module->key, module->value, "mod_register");
		return;
	}
	from = registers_from(check, host, module);
	if (!from)
		return;
	access = yml_find(module->value, "ip_access");
	if (!access)
		access = yml_find(module->value, "access");
	config_finding(check, "register-open", subject, access ? access->key : module->key,
		       remedy_register(check, host, module, access),
		       "mod_register lets anybody from %s create accounts: spammers use this", from);
	if (serves_register(check, &listener))
		config_finding(check, "register-web", listener->name, listener->place, NULL,
			       "a web page lets anybody from %s create accounts", from);
}

void check_accounts(struct config_check *check)
{
	static const char *const formats[] = { "auth_password_format", "auth_stored_password_types", "auth_method",
					       NULL };
	static const char *const methods[] = { "auth_method", NULL };
	static const char *const modules[] = { "modules", "access_rules", "acl", NULL };

	config_each_host(check, formats, check_format);
	config_each_host(check, methods, check_method);
	config_each_host(check, modules, check_register);
}

/* A larger network does not belong to one organisation: IPv4 /16, IPv6 /32 (the size for a provider). */
static bool is_large(const struct ejg_prefix *prefix)
{
	return prefix_is_ipv4(prefix) ? prefix->length < 96 + 16 : prefix->length < 32;
}

static void check_network(struct config_check *check, const char *acl, const struct yml_node *node, unsigned int depth)
{
	struct ejg_prefix prefix;

	if (depth > 10)
		return;
	for (size_t i = 0; node->kind == YML_LIST && i < node->n; i++)
		check_network(check, acl, node->items[i], depth + 1);
	if (yml_text(node) && config_prefix(node, &prefix) && is_large(&prefix) &&
	    config_network(&prefix) == NETWORK_STRANGERS)
		config_finding(check, "trusted-wide", acl, node, NULL, "acl %s trusts %s, which includes strangers",
			       acl, node->text);
}

/* Checks the addresses of an acl: its `ip`, at any depth of its lists. */
static void check_acl(struct config_check *check, const char *acl, const struct yml_node *node, unsigned int depth)
{
	for (size_t i = 0; depth < 10 && node->kind == YML_LIST && i < node->n; i++)
		check_acl(check, acl, node->items[i], depth + 1);
	for (size_t i = 0; node->kind == YML_MAP && i < node->n; i++)
		if (yml_is(node->pairs[i].key, "ip"))
			check_network(check, acl, node->pairs[i].value, 0);
}

static void check_host_networks(struct config_check *check, const struct yml_host *host, const char *subject)
{
	const struct yml_node *acls = yml_option(&check->yml, host, "acl").value;

	for (size_t i = 0; acls && acls->kind == YML_MAP && i < acls->n; i++)
		if (yml_text(acls->pairs[i].key))
			check_acl(check, acls->pairs[i].key->text, acls->pairs[i].value, 0);
}

void check_networks(struct config_check *check)
{
	static const char *const options[] = { "acl", NULL };
	struct yml_option proxies = yml_option(&check->yml, NULL, "trusted_proxies");

	config_each_host(check, options, check_host_networks);
	if (yml_is(proxies.value, "all"))
		config_finding(check, "proxies-all", "trusted_proxies", proxies.key, NULL,
			       "trusted_proxies: all accepts the X-Forwarded-For of every client: rules by address "
			       "stop nobody");
	else if (proxies.value && proxies.value->kind == YML_LIST)
		check_network(check, "trusted_proxies", proxies.value, 0);
	else if (proxies.value)
		config_uncertain(check, proxies.key, proxies.value, "trusted_proxies");
}
