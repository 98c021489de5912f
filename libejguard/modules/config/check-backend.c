/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Backends of ejabberd: databases, directories, external code; and the users that it serves. */
#include <string.h>
#include <strings.h>

#include "libejguard/modules/config/config.h"
#include "libejguard/util/address.h"

/* Passwords from examples in documentation and from containers. */
static bool is_default_password(const char *password)
{
	static const char *const known[] = { "CHANGEME", "changeme",	  "password", "secret",
					     "ejabberd", "ejabberd_test", "postgres", "mysql",
					     "root",	 "**********",	  "********", "xmpp",
					     "test",	 "admin",	  "123456",   "your_password" };

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (strcmp(known[i], password) == 0)
			return true;
	return false;
}

static void check_password(struct config_check *check, const struct yml_host *host, const char *subject,
			   const char *name)
{
	struct yml_option option = yml_option(&check->yml, host, name);

	if (option.value && yml_text(option.value) && is_default_password(option.value->text))
		config_finding(check, "password-default", subject ? subject : name, option.key, NULL,
			       "%s is a password from examples", name);
}

static void check_passwords(struct config_check *check, const struct yml_host *host, const char *subject)
{
	check_password(check, host, subject, "sql_password");
	check_password(check, host, subject, "ldap_password");
	check_password(check, host, subject, "redis_password");
}

/* True for a name or address of this host, and for unix sockets. */
static bool is_here(const struct yml_node *server)
{
	const char *text = yml_text(server), *problem;
	struct ejg_prefix prefix;

	if (!text || strcasecmp(text, "localhost") == 0 || *text == '/' || strncmp(text, "unix:", 5) == 0)
		return true;
	return prefix_parse(text, &prefix, &problem) == 0 && prefix_is_loopback(&prefix);
}

/* True if the value is known. A macro without a definition is not the name of a server. */
static bool is_written(struct config_check *check, const struct yml_option *option, const struct yml_node *value,
		       const char *name)
{
	if (value->kind != YML_UNKNOWN && !yml_is_placeholder(value))
		return true;
	config_uncertain(check, option->key, value, name);
	return false;
}

static void check_sql(struct config_check *check, const struct yml_host *host, const char *subject)
{
	struct yml_option server = yml_option(&check->yml, host, "sql_server");
	struct yml_option type = yml_option(&check->yml, host, "sql_type");
	struct yml_option ssl = yml_option(&check->yml, host, "sql_ssl");

	if (!server.value || yml_is(type.value, "sqlite") || !is_written(check, &server, server.value, "sql_server") ||
	    (type.value && !is_written(check, &type, type.value, "sql_type")) || is_here(server.value) ||
	    config_option_bool(check, host, "sql_ssl", 0) != 0)
		return;
	config_finding(check, "sql-plain", subject, ssl.key ? ssl.key : server.key,
		       config_edit(check, ssl.key ? ssl.key : server.key, "set sql_ssl: true"),
		       "the connection to the database %s has no TLS", server.value->text);
}

static void check_ldap(struct config_check *check, const struct yml_host *host, const char *subject)
{
	struct yml_option servers = yml_option(&check->yml, host, "ldap_servers");
	struct yml_option encrypt = yml_option(&check->yml, host, "ldap_encrypt");
	struct yml_option verify = yml_option(&check->yml, host, "ldap_tls_verify");
	bool plain = !encrypt.value || yml_is(encrypt.value, "none");
	const struct yml_node *server = servers.value;

	if (server && server->kind == YML_LIST) {
		size_t i = 0;

		while (i < server->n && is_here(server->items[i]))
			i++;
		server = i < server->n ? server->items[i] : NULL;
	}
	if (!server || !is_written(check, &servers, server, "ldap_servers") || is_here(server) || !yml_text(server))
		return;
	if (encrypt.value && (encrypt.value->kind == YML_UNKNOWN || yml_is_placeholder(encrypt.value)))
		config_uncertain(check, encrypt.key, encrypt.value, "ldap_encrypt");
	else if (plain)
		config_finding(check, "ldap-plain", subject, encrypt.key ? encrypt.key : servers.key, NULL,
			       "the connection to the directory %s, which checks users' passwords, has no TLS",
			       server->text);
	else if (!verify.value || yml_bool(verify.value) == 0)
		config_finding(check, "ldap-plain", subject, verify.key ? verify.key : encrypt.key, NULL,
			       "the certificate of the directory %s is not checked (ldap_tls_verify)", server->text);
}

static void check_install(struct config_check *check)
{
	struct yml_option modules = yml_option(&check->yml, NULL, "install_contrib_modules");
	bool allowed = config_option_bool(check, NULL, "allow_contrib_modules", 1) != 0;

	if (allowed && modules.value && modules.value->n)
		config_finding(check, "contrib-install", "install_contrib_modules", modules.key, NULL,
			       "ejabberd fetches and compiles modules when it starts");
}

static void check_hosts(struct config_check *check)
{
	struct yml_option hosts = yml_option(&check->yml, NULL, "hosts");

	for (size_t i = 0; i < check->yml.n_hosts; i++)
		if (strcasecmp(check->yml.hosts[i].name, "localhost") != 0)
			return;
	if (check->yml.n_hosts)
		config_finding(check, "hosts-local", "hosts", hosts.key, NULL,
			       "only the domain 'localhost' is configured");
}

void check_backend(struct config_check *check)
{
	static const char *const passwords[] = { "sql_password", "ldap_password", "redis_password", NULL };
	static const char *const sql[] = { "sql_server", "sql_type", "sql_ssl", NULL };
	static const char *const ldap[] = { "ldap_servers", "ldap_encrypt", "ldap_tls_verify", NULL };

	config_each_host(check, passwords, check_passwords);
	config_each_host(check, sql, check_sql);
	config_each_host(check, ldap, check_ldap);
	check_install(check);
	check_hosts(check);
}
