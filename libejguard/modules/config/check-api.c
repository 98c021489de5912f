/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* api_permissions: users and addresses that may run commands by HTTP (ejabberd_access_permissions.erl). */
#include <string.h>

#include "libejguard/modules/config/config.h"

/* The relevant parts of a permission. */
struct permission {
	const struct yml_pair *pair;
	bool http;	    /* it applies to mod_http_api or ejabberd_xmlrpc */
	bool all;	    /* `what` has all commands, or all but some; or all of a tag */
	const char *sample; /* a command that reveals or changes something, or NULL */
	bool who[PROBE_FOREIGN + 1];
	const struct yml_host *open; /* host on which anybody can get a matching account; or NULL */
	bool far;		     /* allowed for a network */
	struct ejg_prefix network;   /* the worst of these networks */
};

/* Commands that reveal no secret and change nothing. */
static bool is_harmless(const char *command)
{
	static const char *const harmless[] = { "status",
						"connected_users_number",
						"incoming_s2s_number",
						"outgoing_s2s_number",
						"user_sessions_number",
						"stats",
						"stats_host",
						"echo" };

	for (size_t i = 0; i < ARRAY_SIZE(harmless); i++)
		if (strcmp(harmless[i], command) == 0)
			return true;
	return false;
}

static void read_what(struct permission *permission, const struct yml_node *what, bool *ret_none)
{
	const char *text = yml_text(what);

	for (size_t i = 0; what && what->kind == YML_LIST && i < what->n; i++)
		if (what->items[i]->kind != YML_LIST)
			read_what(permission, what->items[i], ret_none);
	if (!text)
		return;
	if (strcmp(text, "!*") == 0)
		*ret_none = true;
	else if (strcmp(text, "*") == 0 || strncmp(text, "[tag:", 5) == 0)
		permission->all = true;
	else if (*text != '!' && !is_harmless(text) && !permission->sample)
		permission->sample = text;
}

static bool names_http(const struct yml_node *from, bool *ret_any)
{
	bool http = false;

	if (!from)
		return false;
	for (size_t i = 0; from->kind == YML_LIST && i < from->n; i++)
		http |= names_http(from->items[i], ret_any);
	*ret_any |= yml_text(from) != NULL;
	return http || yml_is(from, "mod_http_api") || yml_is(from, "ejabberd_xmlrpc");
}

/* True if `who` matches the probe: the name of an acl, a map, or a list of these; one match is enough. */
static bool is_meant(struct config_check *check, const struct yml_node *who, enum config_probe probe,
		     unsigned int depth)
{
	if (!who || depth > 10)
		return false;
	if (yml_text(who))
		return config_matches(check, NULL, "acl", who, probe);
	for (size_t i = 0; who->kind == YML_LIST && i < who->n; i++)
		if (is_meant(check, who->items[i], probe, depth + 1))
			return true;
	for (size_t i = 0; who->kind == YML_MAP && i < who->n; i++) {
		const char *type = yml_text(who->pairs[i].key);
		const struct yml_node *value = who->pairs[i].value;

		if (!type)
			continue;
		if (strcmp(type, "access") == 0	 ? config_allows(check, NULL, value, NULL, probe)
		    : strcmp(type, "oauth") == 0 ? (probe == PROBE_ACCOUNT || probe == PROBE_GUEST) &&
							   is_meant(check, value, probe, depth + 1)
						 : config_matches(check, NULL, type, value, probe))
			return true;
	}
	if (who->kind == YML_UNKNOWN && probe == PROBE_STRANGER)
		config_uncertain(check, who, who, "api_permissions: who");
	return false;
}

static bool is_meant_from(struct config_check *check, void *data)
{
	return is_meant(check, data, PROBE_NETWORK, 0);
}

static bool is_meant_guest(struct config_check *check, void *data)
{
	return is_meant(check, data, PROBE_GUEST, 0);
}

static struct permission read_permission(struct config_check *check, const struct yml_pair *pair)
{
	struct permission permission = { .pair = pair };
	const struct yml_node *from = yml_value(pair->value, "from"), *who = yml_value(pair->value, "who");
	const struct yml_node *what = yml_value(pair->value, "what");
	bool any = false, none = false;

	permission.http = names_http(from, &any) || !any;
	read_what(&permission, what, &none);
	if (none)
		permission.all = false, permission.sample = NULL;
	if (what && what->kind == YML_UNKNOWN)
		config_uncertain(check, pair->key, what, "api_permissions: what");
	for (size_t i = 0; permission.http && (permission.all || permission.sample) && i < ARRAY_SIZE(permission.who);
	     i++)
		permission.who[i] = i != PROBE_NETWORK && is_meant(check, who, i, 0);
	if (who && permission.http && permission.all && !permission.who[PROBE_ACCOUNT])
		permission.open = config_open_host(check, is_meant_guest, (void *)who);
	if (permission.http && who && (permission.all || permission.sample))
		permission.far = config_worst_network(check, is_meant_from, (void *)who, &permission.network);
	return permission;
}

/* True if a listener that strangers (or local users) can reach offers commands. */
static bool is_served(const struct config_check *check, bool local)
{
	for (size_t i = 0; i < check->n_listeners; i++) {
		const struct config_listener *listener = &check->listeners[i];

		if ((config_serves(listener, "mod_http_api") || config_serves(listener, "ejabberd_xmlrpc")) &&
		    (local ? !listener->socket : listener->public))
			return true;
	}
	return false;
}

static void report(struct config_check *check, const char *id, const struct permission *permission, const char *who)
{
	const char *name = yml_text(permission->pair->key), *remedy = NULL;
	const struct yml_pair *admin = yml_find(yml_option(&check->yml, NULL, "acl").value, "admin");
	const struct yml_node *place = permission->pair->key;

	check->no_memory |= !who;
	/* The default has no place in the file: its effect depends on the acl admin. */
	if (!place->file && admin) {
		place = admin->key;
		remedy = config_edit(check, place, "name the administrators one by one (user: NAME@HOST) in acl admin");
	}
	config_finding(check, id, name, place, remedy, "api_permissions \"%s\"%s lets %s run %s", name ? name : "",
		       remedy ? ", a default," : "", who ? who : "",
		       permission->all ? "administrative commands" : permission->sample);
}

/* Networks between this host and everybody: judged by their size and kind. */
static void judge_network(struct config_check *check, const struct permission *permission)
{
	const char *text = config_network_text(check, &permission->network);
	const enum config_network kind = config_network(&permission->network);
	const char *who = kind == NETWORK_HOST ? arena_printf(check->arena, "every user of %s, without a login,", text)
					       : arena_printf(check->arena, "everybody in %s, without a login,", text);

	check->no_memory |= !who;
	if (!who)
		return;
	if (!is_served(check, false))
		report(check, "api-unserved", permission, who);
	else
		report(check,
		       kind == NETWORK_STRANGERS ? "api-open"
		       : kind == NETWORK_HOST	 ? "api-host"
						 : "api-network",
		       permission, who);
}

static void judge(struct config_check *check, const struct permission *permission)
{
	bool open = permission->who[PROBE_STRANGER], local = permission->who[PROBE_LOCAL];
	bool accounts = (permission->who[PROBE_ACCOUNT] || permission->who[PROBE_FOREIGN]) && permission->all;

	if (permission->far && !open)
		judge_network(check, permission);
	if (permission->open && !open && is_served(check, true))
		report(check, "api-accounts", permission,
		       arena_printf(check->arena, "everybody who makes an account with a fitting name on %s",
				    permission->open->name));
	/* A condition for this host does not allow others, unless it has no address at all. */
	if (open && is_served(check, false))
		report(check, "api-open", permission, "everybody, without a login,");
	else if ((open || local) && is_served(check, true))
		report(check, "api-local", permission, "every user of this host, without a login,");
	else if (accounts && !open && is_served(check, true))
		report(check, "api-accounts", permission, "every account");
	else if (open || local || accounts)
		report(check, "api-unserved", permission,
		       open || local ? "everybody, without a login," : "every account");
}

void check_api(struct config_check *check)
{
	struct yml_option option = yml_option(&check->yml, NULL, "api_permissions");
	/* ejabberd_options.erl: the default allows all commands to the acl admin. */
	static const struct yml_node admin = { .kind = YML_ATOM, .text = "admin", .length = 5 };
	static const struct yml_node all = { .kind = YML_STRING, .text = "*", .length = 1 };
	static const struct yml_node who_key = { .kind = YML_ATOM, .text = "who", .length = 3 };
	static const struct yml_node what_key = { .kind = YML_ATOM, .text = "what", .length = 4 };
	static const struct yml_node name = { .kind = YML_STRING, .text = "admin access", .length = 12 };
	static const struct yml_pair pairs[] = { { &who_key, &admin }, { &what_key, &all } };
	static const struct yml_node map = { .kind = YML_MAP, .pairs = pairs, .n = 2 };
	static const struct yml_pair fallback = { &name, &map };
	struct permission permission;

	if (!option.value) {
		permission = read_permission(check, &fallback);
		judge(check, &permission);
		return;
	}
	if (option.value->kind == YML_UNKNOWN)
		config_uncertain(check, option.key, option.value, "api_permissions");
	for (size_t i = 0; option.value->kind == YML_MAP && i < option.value->n; i++) {
		permission = read_permission(check, &option.value->pairs[i]);
		judge(check, &permission);
	}
}
