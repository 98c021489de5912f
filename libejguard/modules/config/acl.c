/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Determines whom an access rule allows, by testing it with somebody who should be refused. It works as acl.erl: rules
 * in order; the first rule whose conditions all hold decides; without such a rule access is denied. One matching entry
 * of an acl's list is enough.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <fnmatch.h>
#include <pcre2.h>
#include <string.h>
#include <strings.h>

#include "libejguard/modules/config/config.h"
#include "libejguard/util/address.h"

/* A network of this size does not belong to one organisation. */
enum { WORLD_IPV4 = 96 + 7, WORLD_IPV6 = 12 };

struct matcher {
	struct config_check *check;
	const struct yml_host *host;
	enum config_probe probe;
	unsigned int depth;
};

/* Limits of one check, for conditions and regular expressions: a malicious file may have long lists. */
enum { MAX_CONDITIONS = 3000000, MAX_REGEXPS = 5000, MAX_NESTING = 30 };

static void end_code(pcre2_code **code)
{
	pcre2_code_free(*code);
}

static void end_data(pcre2_match_data **data)
{
	pcre2_match_data_free(*data);
}

static void end_context(pcre2_match_context **context)
{
	pcre2_match_context_free(*context);
}

/* Counts a test. False: the limit is reached, and the result for the rules is unknown. */
static bool may_try(struct config_check *check, size_t *count, size_t max)
{
	if (*count < max) {
		(*count)++;
		return true;
	}
	if (*count == max) {
		(*count)++;
		config_finding(check, "unjudged", "access rules", NULL, NULL,
			       "there are too many access rules to try all");
	}
	return false;
}

/* True if a pattern matches a text, within limits. Erlang's re uses the same library. */
static bool fits(struct matcher *matcher, const char *pattern, const char *const *texts)
{
	__attribute__((cleanup(end_code))) pcre2_code *code = NULL;
	__attribute__((cleanup(end_data))) pcre2_match_data *data = NULL;
	__attribute__((cleanup(end_context))) pcre2_match_context *context = pcre2_match_context_create(NULL);
	PCRE2_SIZE offset;
	bool fit = false;
	int error;

	if (!may_try(matcher->check, &matcher->check->n_regexps, MAX_REGEXPS) || strlen(pattern) > 1000 || !context)
		return false;
	code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C, &error,
			     &offset, NULL);
	data = code ? pcre2_match_data_create_from_pattern(code, NULL) : NULL;
	if (!data)
		return false;
	pcre2_set_match_limit(context, 10000);
	pcre2_set_depth_limit(context, 1000);
	pcre2_set_heap_limit(context, 1024);
	for (; *texts && !fit; texts++)
		fit = pcre2_match(code, (PCRE2_SPTR)*texts, strlen(*texts), 0, 0, data, context) >= 0;
	return fit;
}

/* Arbitrary names: if a pattern matches one of them, anybody can choose a matching name. */
static bool regexp_any(struct matcher *matcher, const char *pattern)
{
	static const char *const names[] = { "zqwxkvjy", "zqwxkvjy7", "7401", "z.q-w_7", "Zqwxkvjy", NULL };

	return fits(matcher, pattern, names);
}

/* True for a branch of a regular expression that matches only its own text: ^text$ without special characters. */
static bool is_fixed(const char *branch, size_t length)
{
	if (length < 2 || branch[0] != '^' || branch[length - 1] != '$' || branch[length - 2] == '\\')
		return false;
	for (size_t i = 1; i < length - 1; i++) {
		if (strchr(".*+?{[", branch[i]) || (branch[i] == '\\' && strchr("dDwWsSpPXRNhHvV", branch[i + 1])))
			return false;
		i += branch[i] == '\\';
	}
	return true;
}

/* True if the pattern matches more names than those written in it, so that anybody can choose a free one. */
static bool regexp_open(const char *pattern)
{
	unsigned int depth = 0;
	const char *branch = pattern;

	for (const char *at = pattern; *at; at++) {
		if (*at == '\\' && at[1]) {
			at++;
		} else if (*at == '|' && !depth) {
			if (!is_fixed(branch, (size_t)(at - branch)))
				return true;
			branch = at + 1;
		} else if (*at == '(' || *at == ')') {
			depth += *at == '(' ? 1 : depth ? -1U : 0;
		}
	}
	return !is_fixed(branch, strlen(branch));
}

/* True for a glob (sh_to_awk) that consists of stars and question marks only. */
static bool glob_any(const char *pattern)
{
	return *pattern && !pattern[strspn(pattern, "*?")] && strchr(pattern, '*');
}

/* True if a pattern matches the name of the tested account. */
static bool is_name_taken(struct matcher *matcher, const char *pattern, bool regexp)
{
	if (matcher->probe == PROBE_CHOSEN || matcher->probe == PROBE_GUEST)
		return regexp ? regexp_open(pattern) : strpbrk(pattern, "*?[") != NULL;
	return regexp ? regexp_any(matcher, pattern) : glob_any(pattern);
}

static bool is_world(const struct ejg_prefix *prefix)
{
	/* fc00::/7 is large, but always belongs to a site */
	if (config_network(prefix) != NETWORK_STRANGERS)
		return false;
	return prefix_is_ipv4(prefix) || prefix->length >= 96 ? prefix->length <= WORLD_IPV4 && prefix_is_ipv4(prefix)
							      : prefix->length <= WORLD_IPV6;
}

static bool match_address(struct matcher *matcher, const struct yml_node *value)
{
	struct ejg_prefix prefix;

	if (yml_option(&matcher->check->yml, NULL, "trusted_proxies").value &&
	    yml_is(yml_option(&matcher->check->yml, NULL, "trusted_proxies").value, "all"))
		return true;
	if (!config_prefix(value, &prefix)) {
		if (value->kind == YML_UNKNOWN || yml_is_placeholder(value))
			config_uncertain(matcher->check, value, value, "an address of an acl");
		return false;
	}
	if (matcher->probe == PROBE_NETWORK)
		return matcher->check->from && prefix_contains(&prefix, matcher->check->from);
	return is_world(&prefix) || (matcher->probe == PROBE_LOCAL && prefix_is_loopback(&prefix));
}

static bool is_account(const struct matcher *matcher)
{
	return matcher->probe == PROBE_ACCOUNT || matcher->probe == PROBE_CHOSEN || matcher->probe == PROBE_GUEST;
}

/* The host of the tested account; NULL: any. */
static const struct yml_host *home(const struct matcher *matcher)
{
	return matcher->probe == PROBE_GUEST ? matcher->check->open : matcher->host;
}

static bool is_own_server(const struct matcher *matcher, const char *server)
{
	return !server || !home(matcher) || strcasecmp(server, home(matcher)->name) == 0;
}

/* user_regexp, user_glob: PATTERN or PATTERN@SERVER; or a map of pattern to server. */
static bool match_user_pattern(struct matcher *matcher, const struct yml_node *value, bool regexp)
{
	const char *text = yml_text(value), *server;
	char pattern[1024];

	if (value->kind == YML_MAP) {
		for (size_t i = 0; i < value->n; i++)
			if (match_user_pattern(matcher, value->pairs[i].key, regexp) &&
			    is_own_server(matcher, yml_text(value->pairs[i].value)))
				return true;
		return false;
	}
	if (!is_account(matcher) || !text || strlen(text) >= sizeof(pattern))
		return false;
	server = strchr(text, '@');
	memcpy(pattern, text, strlen(text) + 1);
	if (server)
		pattern[server - text] = '\0';
	return is_name_taken(matcher, pattern, regexp) && is_own_server(matcher, server ? server + 1 : NULL);
}

static bool match_server_pattern(struct matcher *matcher, const struct yml_node *value, bool regexp)
{
	const char *text = yml_text(value);

	if (!text || (!is_account(matcher) && matcher->probe != PROBE_FOREIGN))
		return false;
	if (!regexp)
		return glob_any(text) ||
		       (is_account(matcher) && home(matcher) && fnmatch(text, home(matcher)->name, 0) == 0);
	if (fits(matcher, text, (const char *const[]){ "zqwx.invalid", NULL }))
		return true;
	return is_account(matcher) && home(matcher) &&
	       fits(matcher, text, (const char *const[]){ home(matcher)->name, NULL });
}

/* node_regexp, node_glob: maps of pattern for the user to pattern for the server. */
static bool match_node(struct matcher *matcher, const struct yml_node *value, bool regexp)
{
	for (size_t i = 0; value->kind == YML_MAP && i < value->n; i++) {
		const char *user = yml_text(value->pairs[i].key);

		if (user && is_name_taken(matcher, user, regexp) &&
		    match_server_pattern(matcher, value->pairs[i].value, regexp))
			return true;
	}
	return false;
}

static bool match_acl(struct matcher *matcher, const struct yml_node *name);

static bool match_type(struct matcher *matcher, const char *type, const struct yml_node *value)
{
	bool logged_in = is_account(matcher) || matcher->probe == PROBE_FOREIGN;
	bool regexp = strstr(type, "_regexp");

	if (strcmp(type, "acl") == 0)
		return match_acl(matcher, value);
	if (strcmp(type, "ip") == 0)
		return match_address(matcher, value);
	if (strcmp(type, "user_regexp") == 0 || strcmp(type, "user_glob") == 0)
		return match_user_pattern(matcher, value, regexp);
	if (strcmp(type, "server") == 0)
		return is_account(matcher) && yml_text(value) && is_own_server(matcher, value->text);
	if (strcmp(type, "server_regexp") == 0 || strcmp(type, "server_glob") == 0)
		return match_server_pattern(matcher, value, regexp);
	if (strcmp(type, "node_regexp") == 0 || strcmp(type, "node_glob") == 0)
		return match_node(matcher, value, regexp);
	/* A client chooses its resource name. */
	if (strncmp(type, "resource", 8) == 0)
		return logged_in && yml_text(value) && *value->text;
	return false;
}

/* Tests one condition; a list of values is a list of conditions. */
static bool match_condition(struct matcher *matcher, const char *type, const struct yml_node *value, bool any)
{
	/* To ejabberd, maps of users to servers are lists. */
	if (!value || !may_try(matcher->check, &matcher->check->n_conditions, MAX_CONDITIONS))
		return false;
	if (value->kind != YML_LIST || !value->n)
		return match_type(matcher, type, value);
	for (size_t i = 0; i < value->n; i++)
		if (match_condition(matcher, type, value->items[i], any) == any)
			return any;
	return !any;
}

/* Conditions: the name of an acl, a map, or a list of these. With any: one must match (acl), else all (rules). */
static bool match_conditions(struct matcher *matcher, const struct yml_node *node, bool any)
{
	if (!node || matcher->depth > MAX_NESTING ||
	    !may_try(matcher->check, &matcher->check->n_conditions, MAX_CONDITIONS))
		return false;
	if (yml_text(node))
		return match_acl(matcher, node);
	if (node->kind != YML_LIST && node->kind != YML_MAP) {
		if (node->kind == YML_UNKNOWN)
			config_uncertain(matcher->check, node, node, "an access rule");
		return false;
	}
	for (size_t i = 0; i < node->n; i++) {
		bool held;

		matcher->depth++;
		if (node->kind == YML_LIST)
			held = match_conditions(matcher, node->items[i], any);
		else
			held = yml_text(node->pairs[i].key) &&
			       match_condition(matcher, node->pairs[i].key->text, node->pairs[i].value, any);
		matcher->depth--;
		if (held == any)
			return any;
	}
	return !any && node->n;
}

static bool match_acl(struct matcher *matcher, const struct yml_node *name)
{
	const char *text = yml_text(name);
	const struct yml_node *acls, *entries;
	bool held;

	if (!text || matcher->depth > MAX_NESTING || strcmp(text, "none") == 0)
		return false;
	if (strcmp(text, "all") == 0)
		return true;
	acls = yml_option(&matcher->check->yml, matcher->host, "acl").value;
	if (acls && acls->kind == YML_UNKNOWN)
		config_uncertain(matcher->check, acls, acls, "acl");
	entries = yml_value(acls, text);
	matcher->depth += 10; /* an acl does not refer to another acl */
	held = match_conditions(matcher, entries, true);
	matcher->depth -= 10;
	return held;
}

/* The decision of a rule's entry: 1 allows, 0 denies, -1 goes on to the next. */
static int decide(struct matcher *matcher, const struct yml_node *action, const struct yml_node *conditions)
{
	bool allow = yml_is(action, "allow");

	if (!allow && !yml_is(action, "deny"))
		return -1;
	if (conditions && !match_conditions(matcher, conditions, false))
		return -1;
	return allow;
}

static int match_rules(struct matcher *matcher, const struct yml_node *rules)
{
	int decision = -1;

	if (!rules || matcher->depth > MAX_NESTING ||
	    !may_try(matcher->check, &matcher->check->n_conditions, MAX_CONDITIONS))
		return -1;
	if (yml_text(rules))
		return decide(matcher, rules, NULL);
	matcher->depth++;
	for (size_t i = 0; decision < 0 && rules->kind == YML_LIST && i < rules->n; i++)
		decision = match_rules(matcher, rules->items[i]);
	for (size_t i = 0; decision < 0 && rules->kind == YML_MAP && i < rules->n; i++)
		decision = decide(matcher, rules->pairs[i].key, rules->pairs[i].value);
	matcher->depth--;
	return decision;
}

bool config_allows(struct config_check *check, const struct yml_host *host, const struct yml_node *access,
		   const char *fallback, enum config_probe probe)
{
	struct matcher matcher = { check, host, probe, 0 };
	const char *name = access ? yml_text(access) : fallback;
	const struct yml_node *rules;

	if (!name) {
		if (access->kind == YML_UNKNOWN)
			config_uncertain(check, access, access, "an access rule");
		return match_rules(&matcher, access) == 1;
	}
	if (strcmp(name, "all") == 0 || strcmp(name, "none") == 0)
		return *name == 'a';
	rules = yml_option(&check->yml, host, "access_rules").value;
	if (rules && rules->kind == YML_UNKNOWN)
		config_uncertain(check, rules, rules, "access_rules");
	return match_rules(&matcher, yml_value(rules, name)) == 1;
}

bool config_matches(struct config_check *check, const struct yml_host *host, const char *type,
		    const struct yml_node *value, enum config_probe probe)
{
	struct matcher matcher = { check, host, probe, 0 };

	return match_condition(&matcher, type, value, true);
}
