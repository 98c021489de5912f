/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Relays: SOCKS5 (mod_proxy65) and TURN. */
#include <string.h>

#include "libejguard/modules/config/config.h"
#include "libejguard/util/address.h"

static void check_proxy65(struct config_check *check, const struct yml_host *host, const char *subject)
{
	const struct yml_pair *module = config_module(check, host, "mod_proxy65");
	const struct yml_pair *access = module ? yml_find(module->value, "access") : NULL;

	if (module && config_allows(check, host, access ? access->value : NULL, "all", PROBE_FOREIGN))
		config_finding(
			check, "proxy65-open", subject, access ? access->key : module->key,
			config_edit(check, access ? access->key : module->key, "set access: local for mod_proxy65"),
			"mod_proxy65 relays files for users of every server");
}

static bool covers(const struct yml_node *list, const char *network)
{
	struct ejg_prefix outer, inner;
	const char *problem;

	if (prefix_parse(network, &inner, &problem) < 0)
		return true;
	for (size_t i = 0; list && list->kind == YML_LIST && i < list->n; i++)
		if (config_prefix(list->items[i], &outer) && prefix_contains(&outer, &inner))
			return true;
	return config_prefix(list, &outer) && prefix_contains(&outer, &inner);
}

static void check_turn(struct config_check *check, const struct config_listener *listener)
{
	static const char *const inside[] = { "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16" };
	const struct yml_pair *list = yml_find(listener->node, "turn_blacklist");
	const struct yml_pair *type = yml_find(listener->node, "auth_type");

	if (strcmp(listener->module, "ejabberd_stun") != 0 || !listener->public ||
	    config_bool(check, listener->node, "use_turn", 0) != 1)
		return;
	if (type && yml_is(type->value, "anonymous"))
		config_finding(
			check, "turn-anonymous", listener->name, type->key, NULL,
			"%s relays for everybody without a login, also to addresses that only this host can reach",
			listener->name);
	for (size_t i = 0; i < ARRAY_SIZE(inside); i++) {
		/* The default blocks loopback addresses. */
		if (list ? covers(list->value, inside[i]) : i == 0)
			continue;
		config_finding(check, "turn-inside", listener->name, list ? list->key : listener->place,
			       config_edit(check, list ? list->key : listener->place,
					   "set turn_blacklist: [127.0.0.0/8, \"::1/128\", 10.0.0.0/8, 172.16.0.0/12, "
					   "192.168.0.0/16, 169.254.0.0/16, \"fc00::/7\", \"fe80::/10\"]"),
			       "%s relays to %s for everybody who may log in: turn_blacklist does not exclude it",
			       listener->name, inside[i]);
		return;
	}
}

void check_relay(struct config_check *check)
{
	static const char *const options[] = { "modules", "access_rules", "acl", NULL };

	config_each_host(check, options, check_proxy65);
	for (size_t i = 0; i < check->n_listeners; i++)
		check_turn(check, &check->listeners[i]);
}
