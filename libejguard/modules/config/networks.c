/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Networks that rules allow: their size and kind. */
#include <string.h>

#include "libejguard/modules/config/config.h"
#include "libejguard/util/address.h"

/* misc:parse_ip_mask() also takes 10.0.0.1/, 10.0.0.1/08 and the addresses of inet_aton(). */
static bool guess_mask(const char *text, struct ejg_prefix *ret)
{
	size_t skipped = strspn(text, "/"), length = strcspn(text + skipped, "/");
	const char *mask = text + skipped + length;
	char address[64];
	unsigned int bits;
	bool ipv4;

	if (!length || length >= sizeof(address))
		return false;
	snprintf(address, sizeof(address), "%.*s", (int)length, text + skipped);
	if (!config_address(address, ret))
		return false;
	ipv4 = !strchr(address, ':');
	mask += strspn(mask, "/");
	if (!*mask)
		return true;
	length = strspn(mask, "+0123456789");
	if (length > 4 || mask[length + strspn(mask + length, "/")] || sscanf(mask, "%u", &bits) != 1 ||
	    bits > (ipv4 ? 32 : 128))
		return false;
	ret->length = ipv4 ? 96 + bits : bits;
	for (size_t i = ret->length; i < 128; i++)
		ret->bytes[i / 8] &= (uint8_t) ~(0x80 >> i % 8);
	return true;
}

bool config_prefix(const struct yml_node *node, struct ejg_prefix *ret)
{
	const char *text = yml_text(node), *problem;
	struct ejg_prefix prefix;

	if (!text)
		return false;
	if (prefix_parse(text, &prefix, &problem) < 0 && !prefix_guess(text, &prefix) && !guess_mask(text, &prefix))
		return false; /* ejabberd accepts bits past the length: 127.0.0.1/8 */
	*ret = prefix;
	return true;
}

/* Private networks, of any size (RFC 1918, 4193, 4291, 3927, 6598; loopback). */
static bool is_private(const struct ejg_prefix *prefix)
{
	static const char *const own[] = { "127.0.0.0/8",    "10.0.0.0/8",     "172.16.0.0/12",
					   "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10",
					   "fc00::/7",	     "fe80::/10",      "::1" };
	const char *problem;

	for (size_t i = 0; i < ARRAY_SIZE(own); i++) {
		struct ejg_prefix range;

		if (prefix_parse(own[i], &range, &problem) == 0 && prefix_contains(&range, prefix))
			return true;
	}
	return false;
}

enum config_network config_network(const struct ejg_prefix *prefix)
{
	const unsigned int site = prefix_is_ipv4(prefix) ? 96 + 24 : 48;

	if (prefix_is_loopback(prefix))
		return NETWORK_LOOPBACK;
	if (prefix->length == 128)
		return NETWORK_HOST;
	if (is_private(prefix))
		return NETWORK_PRIVATE;
	return prefix->length >= site ? NETWORK_PUBLIC : NETWORK_STRANGERS;
}

const char *config_network_text(struct config_check *check, const struct ejg_prefix *prefix)
{
	const bool own = is_private(prefix);
	char name[EJG_PREFIX_TEXT_SIZE];
	const char *text;

	ejg_prefix_format(prefix, name);
	if (prefix->length == 128)
		text = arena_printf(check->arena, "%s", name);
	else if (128 - prefix->length <= 32)
		text = arena_printf(check->arena, "%s (%llu %s addresses)", name, 1ULL << (128 - prefix->length),
				    own ? "private" : "public");
	else
		text = arena_printf(check->arena, "%s (2^%u %s addresses)", name, 128U - prefix->length,
				    own ? "private" : "public");
	check->no_memory |= !text;
	return text ? text : "";
}

enum { MAX_NETWORKS = 500 }; /* limit of networks to test in one search */

struct search {
	struct config_check *check;
	config_ask_fn ask;
	void *data;
	enum config_network kind; /* the kind that is searched now */
	struct ejg_prefix worst;
	bool found;
	size_t n; /* networks tested so far */
};

/*
 * Return: true if another network may be tested. The limit is reported, once in a check; for single addresses it is
 * reported with the final result, because many servers have long lists of them.
 */
static bool may_ask(struct search *search)
{
	struct config_check *check = search->check;

	if (search->n++ < MAX_NETWORKS)
		return true;
	if (search->kind == NETWORK_HOST) {
		check->more_addresses = true;
		return false;
	}
	if (!check->told_networks)
		config_finding(check, "unjudged", "networks", NULL, NULL,
			       "access rules name more than %d networks: the rest was not checked", MAX_NETWORKS);
	check->told_networks = true;
	return false;
}

static void ask_about(struct search *search, const struct yml_node *value)
{
	struct ejg_prefix prefix;

	if (!config_prefix(value, &prefix) || config_network(&prefix) != search->kind ||
	    (search->found && prefix.length >= search->worst.length) || !may_ask(search))
		return;
	search->check->from = &prefix;
	if (search->ask(search->check, search->data)) {
		search->worst = prefix;
		search->found = true;
	}
	search->check->from = NULL;
}

/* Searches `ip` at any depth: an address or a list of addresses. */
static void walk(struct search *search, const struct yml_node *node, bool ip, unsigned int depth)
{
	if (!node || depth > 20)
		return;
	if (ip && yml_text(node))
		ask_about(search, node);
	for (size_t i = 0; node->kind == YML_LIST && i < node->n; i++)
		walk(search, node->items[i], ip, depth + 1);
	for (size_t i = 0; node->kind == YML_MAP && i < node->n; i++)
		walk(search, node->pairs[i].value, ip || yml_is(node->pairs[i].key, "ip"), depth + 1);
}

bool config_worst_network(struct config_check *check, config_ask_fn ask, void *data, struct ejg_prefix *ret)
{
	static const char *const options[] = { "acl",	  "access_rules", "api_permissions",
					       "modules", "host_config",  "append_host_config" };
	struct search search = { .check = check, .ask = ask, .data = data };

	/* the worst kind first: otherwise many networks of another kind could hide it */
	for (search.kind = NETWORK_STRANGERS; search.kind > NETWORK_LOOPBACK && !search.found; search.kind--)
		for (size_t i = 0; i < ARRAY_SIZE(options); i++)
			walk(&search, yml_option(&check->yml, NULL, options[i]).value, false, 0);
	if (search.found)
		*ret = search.worst;
	return search.found;
}
