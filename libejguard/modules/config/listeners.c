/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The listeners of the configuration, completed with the defaults of ejabberd_listener.erl. */
#include <arpa/inet.h>
#include <string.h>

#include "libejguard/modules/config/config.h"
#include "libejguard/util/address.h"

/* Old options that ejabberd_config_transformer.erl turns into handlers, whatever their value. */
static const struct config_handler old_handlers[] = {
	{ "captcha", "ejabberd_captcha" }, { "register", "mod_register_web" }, { "web_admin", "ejabberd_web_admin" },
	{ "http_bind", "mod_bosh" },	   { "xmlrpc", "ejabberd_xmlrpc" },
};

static void set_ipv4(struct in_addr in, struct ejg_prefix *ret)
{
	*ret = (struct ejg_prefix){ .bytes = { [10] = 0xff, [11] = 0xff }, .length = 128 };
	memcpy(&ret->bytes[12], &in, 4);
}

/* inet:parse_address/1 accepts the same as inet_aton(3): 127.1 is loopback. */
bool config_address(const char *text, struct ejg_prefix *ret)
{
	struct in_addr in;
	struct in6_addr in6;

	if (inet_pton(AF_INET6, text, &in6) == 1) {
		*ret = (struct ejg_prefix){ .length = 128 };
		memcpy(ret->bytes, &in6, 16);
		return true;
	}
	if (strchr(text, ' ') || !inet_aton(text, &in))
		return false;
	set_ipv4(in, ret);
	return true;
}

static void read_address(struct config_check *check, struct config_listener *listener)
{
	const struct yml_pair *pair = yml_find(listener->node, "ip");
	const char *text = pair ? yml_text(pair->value) : NULL;

	set_ipv4((struct in_addr){ 0 }, &listener->address);
	if (!pair)
		return;
	if (!text || !config_address(text, &listener->address)) {
		listener->unknown = true;
		config_uncertain(check, pair->key, pair->value, "listen: ip");
	}
}

static void read_port(struct config_check *check, struct config_listener *listener)
{
	const struct yml_pair *pair = yml_find(listener->node, "port");
	const char *text = pair ? yml_text(pair->value) : NULL;
	int64_t port;

	listener->place = pair ? pair->key : listener->node;
	if (text && strncmp(text, "unix:", 5) == 0) {
		listener->socket = text + 5;
	} else if (pair && yml_integer(pair->value, &port) && port >= 0 && port <= 65535) {
		listener->port = port;
	} else {
		/* Any port can be reached from other hosts; only a unix socket cannot. */
		config_uncertain(check, listener->place, pair ? pair->value : listener->node, "listen: port");
	}
}

static void add_handler(struct config_check *check, struct config_listener *listener, const char *path,
			const char *module)
{
	struct config_handler *handlers =
		arena_grow(check->arena, (void *)listener->handlers, listener->n_handlers, sizeof(*handlers));

	check->no_memory |= !handlers;
	if (!handlers)
		return;
	listener->handlers = handlers;
	handlers[listener->n_handlers++] = (struct config_handler){ path, module };
}

static void read_handlers(struct config_check *check, struct config_listener *listener)
{
	const struct yml_pair *pair = yml_find(listener->node, "request_handlers");

	if (strcmp(listener->module, "ejabberd_xmlrpc") == 0)
		add_handler(check, listener, "/", listener->module);
	if (strcmp(listener->module, "ejabberd_http") != 0)
		return;
	if (pair && !yml_is_map(pair->value))
		config_uncertain(check, pair->key, pair->value, "listen: request_handlers");
	for (size_t i = 0; pair && pair->value->kind == YML_MAP && i < pair->value->n; i++) {
		const struct yml_pair *entry = &pair->value->pairs[i];

		if (yml_text(entry->key) && yml_text(entry->value) && !yml_is_placeholder(entry->value))
			add_handler(check, listener, entry->key->text, entry->value->text);
		else
			config_uncertain(check, entry->key, entry->value, "listen: request_handlers");
	}
	for (size_t i = 0; i < ARRAY_SIZE(old_handlers); i++)
		if (yml_find(listener->node, old_handlers[i].path))
			add_handler(check, listener, old_handlers[i].path, old_handlers[i].module);
}

static const char *name_listener(struct config_check *check, const struct config_listener *listener)
{
	const char *module = *listener->module ? listener->module : "no module";
	const char *name;

	if (listener->socket)
		name = arena_printf(check->arena, "unix:%s (%s)", listener->socket, module);
	else if (listener->port)
		name = arena_printf(check->arena, "port %u%s (%s)", listener->port, listener->udp ? "/udp" : "",
				    module);
	else
		name = arena_printf(check->arena, "%s", module);
	check->no_memory |= !name;
	return name ? name : module;
}

static void read_listener(struct config_check *check, const struct yml_node *node, struct config_listener *ret)
{
	struct config_listener listener = { .node = node };
	const struct yml_node *module = yml_value(node, "module");

	listener.module = yml_text(module) ? module->text : "";
	read_port(check, &listener);
	read_address(check, &listener);
	if (!*listener.module || yml_is_placeholder(module)) {
		config_uncertain(check, listener.place, module ? module : node, "listen: module");
		listener.module = "";
	}
	listener.udp = yml_is(yml_value(node, "transport"), "udp");
	/* A listener with an unknown address does not count as public: a finding says that it is unknown. */
	listener.public = !listener.socket && !listener.unknown && !prefix_is_loopback(&listener.address);
	/* An unknown value counts as enabled: a finding says that it is unknown. */
	listener.tls = config_bool(check, node, "tls", 0) != 0;
	read_handlers(check, &listener);
	listener.name = name_listener(check, &listener);
	*ret = listener;
}

void config_listeners(struct config_check *check)
{
	struct yml_option listen = yml_option(&check->yml, NULL, "listen");
	struct config_listener *listeners;
	size_t n = 0;

	if (!listen.value)
		return;
	if (!yml_is_list(listen.value)) {
		config_uncertain(check, listen.key, listen.value, "listen");
		return;
	}
	listeners = arena_array(check->arena, listen.value->n + 1, sizeof(*listeners));
	check->no_memory |= !listeners;
	for (size_t i = 0; listeners && listen.value->kind == YML_LIST && i < listen.value->n && n < 1000; i++)
		if (listen.value->items[i]->kind == YML_MAP)
			read_listener(check, listen.value->items[i], &listeners[n++]);
		else
			config_uncertain(check, listen.value->items[i], listen.value->items[i], "listen");
	check->listeners = listeners;
	check->n_listeners = n;
}

bool config_serves(const struct config_listener *listener, const char *module)
{
	for (size_t i = 0; i < listener->n_handlers; i++)
		if (strcmp(listener->handlers[i].module, module) == 0)
			return true;
	return false;
}
