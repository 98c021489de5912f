/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Services that listeners offer without TLS, or to more hosts than they should. */
#include <string.h>

#include "libejguard/modules/config/config.h"

static void check_c2s(struct config_check *check, const struct config_listener *listener)
{
	const struct yml_pair *required = yml_find(listener->node, "starttls_required");

	if (listener->tls || config_bool(check, listener->node, "starttls_required", 0) != 0)
		return;
	config_finding(check, "c2s-plain", listener->name, required ? required->key : listener->place,
		       config_edit(check, required ? required->key : listener->place, "set starttls_required: true"),
		       "%s lets clients log in without TLS", listener->name);
}

/* A handler by which users log in or register. */
static const char *login_handler(const struct config_listener *listener)
{
	static const char *const modules[] = { "mod_bosh",	   "ejabberd_http_ws", "mod_register_web",
					       "ejabberd_oauth",   "mod_http_upload",  "mod_conversejs",
					       "mod_invites_http", "mod_http_bind",    "mod_mqtt" };

	for (size_t i = 0; i < ARRAY_SIZE(modules); i++)
		if (config_serves(listener, modules[i]))
			return modules[i];
	return NULL;
}

static bool is_metrics(const struct config_handler *handler)
{
	return strstr(handler->module, "prometheus") || strstr(handler->module, "metrics") ||
	       strcmp(handler->path, "/metrics") == 0;
}

static void check_http(struct config_check *check, const struct config_listener *listener)
{
	const char *handler = login_handler(listener);

	if (handler && !listener->tls)
		config_finding(check, "http-plain", listener->name, listener->place,
			       config_edit(check, listener->place,
					   "set tls: true, or ip: \"127.0.0.1\" behind a proxy that does"),
			       "%s offers %s without TLS: users' passwords or files cross the network in plain text",
			       listener->name, handler);
	for (size_t i = 0; i < listener->n_handlers; i++)
		if (is_metrics(&listener->handlers[i]))
			config_finding(check, "metrics-public", listener->name, listener->place, NULL,
				       "%s shows metrics (%s) to everybody who can connect to this host",
				       listener->name, listener->handlers[i].path);
}

/* Passwords from documentation and examples, and the first guesses of an attacker. */
static bool is_well_known(const char *password)
{
	static const char *const known[] = { "",	   "secret",	   "CHANGEME", "changeme", "change_me",
					     "password",   "Password",	   "passw0rd", "ejabberd", "jabber",
					     "xmpp",	   "admin",	   "root",     "test",	   "123456",
					     "12345678",   "**********",   "********", "pass",	   "jw8s0F4",
					     "somesecret", "your_password" };

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (strcmp(known[i], password) == 0)
			return true;
	return false;
}

static void check_password(struct config_check *check, const struct config_listener *listener,
			   const struct yml_node *map)
{
	const struct yml_pair *pair = yml_find(map, "password");

	if (pair && yml_text(pair->value) && is_well_known(pair->value->text))
		config_finding(check, "component-password", listener->name, pair->key, NULL,
			       "%s accepts a password from examples: %s can act as a component", listener->name,
			       listener->public	  ? "everybody who can connect"
			       : listener->socket ? "everybody who may connect to the socket"
						  : "every user of this host");
}

static void check_component(struct config_check *check, const struct config_listener *listener)
{
	const struct yml_node *hosts = yml_value(listener->node, "hosts");

	check_password(check, listener, listener->node);
	for (size_t i = 0; hosts && hosts->kind == YML_MAP && i < hosts->n; i++)
		check_password(check, listener, hosts->pairs[i].value);
	if (listener->public)
		config_finding(check, "component-public", listener->name, listener->place,
			       config_edit(check, listener->place, "set ip: \"127.0.0.1\""),
			       "%s lets external components log in from anywhere: one password gives a whole domain",
			       listener->name);
}

static void check_socket(struct config_check *check, const struct config_listener *listener)
{
	const struct yml_pair *mode = yml_find(yml_value(listener->node, "unix_socket"), "mode");
	const char *text = mode ? yml_text(mode->value) : NULL;

	/* The write permission decides who may connect (unix(7)). */
	if (listener->socket && text && strtoul(text, NULL, 8) & 2)
		config_finding(check, "socket-open", listener->socket, mode->key,
			       config_edit(check, mode->key, "set mode: \"0660\""),
			       "%s has the mode %s: every user of this host may connect", listener->name, text);
	else if (listener->socket && mode && !text)
		config_uncertain(check, mode->key, mode->value, "unix_socket: mode");
}

static void check_listener(struct config_check *check, const struct config_listener *listener)
{
	check_socket(check, listener);
	if (strcmp(listener->module, "ejabberd_service") == 0)
		check_component(check, listener);
	if (!listener->public)
		return;
	if (strcmp(listener->module, "ejabberd_c2s") == 0)
		check_c2s(check, listener);
	if (strcmp(listener->module, "ejabberd_http") == 0)
		check_http(check, listener);
	if (strcmp(listener->module, "mod_mqtt") == 0 && !listener->tls)
		config_finding(check, "mqtt-plain", listener->name, listener->place,
			       config_edit(check, listener->place, "set tls: true, or ip: \"127.0.0.1\""),
			       "%s takes users' passwords without TLS", listener->name);
	if (config_bool(check, listener->node, "use_proxy_protocol", 0) == 1)
		config_finding(check, "proxy-protocol", listener->name, listener->place,
			       config_edit(check, listener->place,
					   "set ip: \"127.0.0.1\", or the address that the proxy uses"),
			       "%s accepts any address that a client claims: rules that depend on the address "
			       "no longer protect",
			       listener->name);
}

/* True if a host exchanges messages with other servers. */
static bool is_federated(struct config_check *check, const struct yml_host *host)
{
	struct yml_option access = yml_option(&check->yml, host, "s2s_access");

	return config_allows(check, host, access.value, "all", PROBE_FOREIGN);
}

static const struct config_listener *find_s2s(const struct config_check *check)
{
	for (size_t i = 0; i < check->n_listeners; i++)
		if (strcmp(check->listeners[i].module, "ejabberd_s2s_in") == 0 && check->listeners[i].public)
			return &check->listeners[i];
	return NULL;
}

static void check_s2s(struct config_check *check, const struct yml_host *host, const char *subject)
{
	struct yml_option starttls = yml_option(&check->yml, host, "s2s_use_starttls");
	struct yml_option access = yml_option(&check->yml, host, "s2s_access");
	const struct config_listener *listener = find_s2s(check);
	const struct yml_node *place = listener ? listener->place : NULL;
	bool required = yml_is(starttls.value, "required") || yml_is(starttls.value, "required_trusted");

	if (!is_federated(check, host))
		return;
	if (starttls.value && !required && yml_bool(starttls.value) < 0 && !yml_is(starttls.value, "optional"))
		config_uncertain(check, starttls.key, starttls.value, "s2s_use_starttls");
	else if (!required)
		config_finding(
			check, "s2s-plain", subject, starttls.key ? starttls.key : place,
			config_edit(check, starttls.key, "set s2s_use_starttls: required"),
			"s2s_use_starttls is %s: messages to and from other servers may cross the network without TLS",
			starttls.value ? starttls.value->text : "not set");
	if (listener)
		config_finding(check, "s2s-open", subject, access.key ? access.key : place, NULL,
			       "every other server may connect (s2s_access); a server without federation sets "
			       "s2s_access: none");
}

void check_listen(struct config_check *check)
{
	static const char *const options[] = { "s2s_use_starttls", "s2s_access", "access_rules", "acl", NULL };

	for (size_t i = 0; i < check->n_listeners; i++)
		check_listener(check, &check->listeners[i]);
	config_each_host(check, options, check_s2s);
}
