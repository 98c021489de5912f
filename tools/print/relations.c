/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/print/relations.h"

#include <errno.h>
#include <fnmatch.h>
#include <string.h>

#include "libejguard/util/cleanup.h"

/* causes of one rule that are compared; findings of others are listed one by one */
enum { MAX_CAUSES = 128 };

/* The condition under which a finding follows from another one. */
enum match {
	MATCH_ANY,
	MATCH_LINE,  /* both are in the same line of the same file */
	MATCH_PATH,  /* both are about the same file */
	MATCH_BELOW, /* the effect's file is in the cause's folder, and both concern everybody */
	MATCH_GROUP, /* the effect names the group of the cause */
	MATCH_WORDS, /* the effect's message has the words */
};

struct rule {
	const char *cause;
	const char *effect; /* a pattern */
	enum match match;
	const char *words;
	bool part;
};

static const struct rule rules[] = {
	{ "files.folder-open", "files.*-readable", MATCH_BELOW, NULL, false },
	{ "files.folder-open", "files.*-writable", MATCH_BELOW, NULL, false },
	{ "files.folder-open", "files.folder-open", MATCH_BELOW, NULL, false },
	{ "files.folder-open", "config.*-readable", MATCH_BELOW, NULL, false },
	{ "files.folder-open", "leaks.*-readable", MATCH_BELOW, NULL, false },
	{ "files.group-shared", "files.*", MATCH_GROUP, NULL, false },
	{ "files.group-shared", "config.*-readable", MATCH_GROUP, NULL, false },
	{ "files.owner-unexpected", "files.folder-writable", MATCH_PATH, NULL, false },
	{ "files.config-readable", "config.secret-readable", MATCH_PATH, NULL, false },
	{ "files.key-readable", "config.key-readable", MATCH_PATH, NULL, false },
	{ "files.log-readable", "leaks.*-readable", MATCH_PATH, NULL, false },
	{ "files.backup-readable", "leaks.copy-readable", MATCH_PATH, NULL, false },
	{ "files.cookie-readable", "leaks.copy-readable", MATCH_PATH, NULL, false },
	{ "cookie.mode", "files.cookie-readable", MATCH_PATH, NULL, false },
	{ "cookie.acl", "files.cookie-readable", MATCH_PATH, NULL, false },
	{ "cookie.setcookie", "cookie.*", MATCH_LINE, NULL, false },
	{ "cookie.setcookie", "cookie.in-argv", MATCH_ANY, NULL, false },
	{ "config.register-open", "config.*-everybody", MATCH_WORDS, "anybody may register", true },
	{ "config.register-web", "config.*-everybody", MATCH_WORDS, "anybody may register", true },
	{ "config.register-open", "config.*-everybody", MATCH_WORDS, "anybody gets one", true },
	{ "config.register-web", "config.*-everybody", MATCH_WORDS, "anybody gets one", true },
	{ "config.auth-anonymous", "config.*-everybody", MATCH_WORDS, "anybody gets one", true },
	{ "config.unjudged", "config.*", MATCH_ANY, NULL, false },
	{ "config.unjudged", "files.place-undetermined", MATCH_ANY, NULL, false },
	{ "config.refused", "config.listener-*", MATCH_ANY, NULL, false },
	{ "config.file-unreadable", "config.listener-*", MATCH_ANY, NULL, false },
	{ "config.file-unreadable", "config.certfile-missing", MATCH_PATH, NULL, false },
	{ "net.no-cgroup", "net.not-*", MATCH_ANY, NULL, false },
	{ "net.not-loaded", "net.*-attached", MATCH_ANY, NULL, false },
	{ "net.not-loaded", "net.policy-*", MATCH_ANY, NULL, false },
	{ "net.not-loaded", "net.network-unguarded", MATCH_ANY, NULL, false },
	{ "net.not-loaded", "net.connection-before", MATCH_ANY, NULL, false },
	{ "host.not-loaded", "host.*-attached", MATCH_ANY, NULL, false },
	{ "host.not-loaded", "host.policy-*", MATCH_ANY, NULL, false },
	{ "host.not-loaded", "host.*-before", MATCH_ANY, NULL, false },
	{ "node.node-outside", "net.listener-unguarded", MATCH_ANY, NULL, false },
	{ "node.node-outside", "node.listener-unguarded", MATCH_ANY, NULL, false },
	{ "node.epmd-stray", "node.registered-foreign", MATCH_ANY, NULL, false },
	{ "node.epmd-stray", "node.node-unregistered", MATCH_ANY, NULL, false },
};

/* The first match counts. */
static const struct {
	const char *id; /* a pattern */
	enum need need;
} needs[] = {
	{ "config.admin-plain", NEED_PATH },
	{ "config.*-plain", NEED_PATH },
	{ "config.tls-old", NEED_PATH },
	{ "config.ciphers-weak", NEED_PATH },
	{ "config.api-accounts", NEED_ACCOUNT },
	{ "config.privilege-everybody", NEED_ACCOUNT },
	{ "config.turn-inside", NEED_ACCOUNT },
	{ "config.refused", NEED_START },
	{ "config.unjudged", NEED_START },
	{ "config.*-missing", NEED_START },
	{ "config.file-unreadable", NEED_START },
	{ "config.doubtful", NEED_START },
	{ "config.*-readable", NEED_LOCAL },
	{ "config.api-local", NEED_LOCAL },
	{ "config.socket-open", NEED_LOCAL },
	{ "config.log-*", NEED_LOCAL },
	{ "config.password-default", NEED_LOCAL },
	{ "config.password-plain", NEED_LOCAL },
	{ "config.listen-*", NEED_OTHER },
	{ "config.public-unserved", NEED_OTHER },
	{ "config.api-unserved", NEED_OTHER },
	{ "config.contrib-install", NEED_OTHER },
	{ "config.listener-unknown", NEED_OTHER },
	{ "config.*", NEED_NETWORK },
	{ "cookie.well-known", NEED_NETWORK },
	{ "cookie.placeholder", NEED_NETWORK },
	{ "cookie.weak", NEED_NETWORK },
	{ "cookie.nocookie", NEED_NETWORK },
	{ "cookie.generated", NEED_NETWORK },
	{ "cookie.short", NEED_NETWORK },
	{ "cookie.malformed", NEED_START },
	{ "cookie.mode", NEED_START },
	{ "cookie.acl", NEED_START },
	{ "cookie.owner-root", NEED_START },
	{ "cookie.type", NEED_START },
	{ "cookie.setcookie", NEED_LOCAL },
	{ "cookie.in-argv", NEED_LOCAL },
	{ "cookie.folder", NEED_LOCAL },
	{ "cookie.owner", NEED_LOCAL },
	{ "cookie.hard-link", NEED_LOCAL },
	{ "cookie.*", NEED_OTHER },
	{ "net.kernel-old", NEED_OTHER },
	{ "net.bind-refused", NEED_START },
	{ "net.fixed-ephemeral", NEED_LOCAL },
	{ "net.ports-ephemeral", NEED_LOCAL },
	{ "net.ports-changeable", NEED_LOCAL },
	{ "net.same-user", NEED_LOCAL },
	{ "net.peer*", NEED_OTHER },
	{ "net.local-refused", NEED_OTHER },
	{ "net.no-tun", NEED_OTHER },
	{ "net.unproven", NEED_OTHER },
	{ "net.*", NEED_NETWORK },
	{ "ejguard.dropin-*", NEED_NETWORK },
	{ "ejguard.reload-due", NEED_NETWORK },
	{ "ejguard.socket-*", NEED_NETWORK },
	{ "node.name-invalid", NEED_START },
	{ "node.range-empty", NEED_START },
	{ "node.range-invalid", NEED_START },
	{ "node.interface-unusable", NEED_START },
	{ "node.tls-*", NEED_PATH },
	{ "node.range-none", NEED_NETWORK },
	{ "node.range-ignored", NEED_NETWORK },
	{ "node.interface-ignored", NEED_NETWORK },
	{ "node.epmd-address-*", NEED_NETWORK },
	{ "node.epmd-stray", NEED_NETWORK },
	{ "node.listener-*", NEED_NETWORK },
	{ "node.range-public", NEED_NETWORK },
	{ "node.node-outside", NEED_NETWORK },
	{ "node.name-taken", NEED_LOCAL },
	{ "node.name-hijacked", NEED_LOCAL },
	{ "node.epmd-foreign", NEED_LOCAL },
	{ "node.registered-foreign", NEED_LOCAL },
	{ "node.node-stranger", NEED_LOCAL },
	{ "node.range-*", NEED_LOCAL },
	{ "node.*", NEED_OTHER },
	{ "files.*", NEED_LOCAL },
	{ "host.*", NEED_LOCAL },
	{ "leaks.*", NEED_LOCAL },
	{ "seccomp.*", NEED_OTHER },
};

enum need finding_need(const struct ejg_finding *finding)
{
	for (size_t i = 0; i < ARRAY_SIZE(needs); i++)
		if (fnmatch(needs[i].id, finding->id, 0) == 0)
			return needs[i].need;
	return NEED_OTHER;
}

const char *need_name(enum need need)
{
	static const char *const names[] = {
		[NEED_NETWORK] = "network", [NEED_ACCOUNT] = "account", [NEED_START] = "start",
		[NEED_PATH] = "path",	    [NEED_LOCAL] = "local",	[NEED_OTHER] = "other",
	};

	return names[need];
}

/* The file that it is about, also if a line of another file names it. */
static const char *path_of(const struct ejg_finding *finding)
{
	return *finding->subject == '/' ? finding->subject : finding->file;
}

static bool is_below(const char *folder, const char *path)
{
	size_t n = strlen(folder);

	return n > 0 && strncmp(folder, path, n) == 0 && path[n] == '/';
}

/* True if the message has "group ejabberd may". */
static bool names_group(const char *message, const char *group)
{
	const char *p = strstr(message, "group ");
	size_t n = strlen(group);

	return p && n > 0 && strncmp(p + strlen("group "), group, n) == 0 && p[strlen("group ") + n] == ' ';
}

static bool follows(const struct rule *rule, const struct ejg_finding *cause, const struct ejg_finding *effect)
{
	static const char everybody[] = "everybody ";

	switch (rule->match) {
	case MATCH_ANY:
		return true;
	case MATCH_LINE:
		return cause->line > 0 && cause->line == effect->line && strcmp(cause->file, effect->file) == 0;
	case MATCH_PATH:
		return *path_of(cause) && strcmp(path_of(cause), path_of(effect)) == 0;
	case MATCH_BELOW:
		return is_below(path_of(cause), path_of(effect)) && strstr(cause->message, everybody) &&
		       strstr(effect->message, everybody);
	case MATCH_GROUP:
		return names_group(effect->message, cause->subject);
	case MATCH_WORDS:
		return strstr(effect->message, rule->words);
	}
	return false;
}

/* A finding that reports no problem has no cause. */
static bool is_loud(const struct ejg_finding *finding)
{
	return finding->severity == EJG_FAILURE || finding->severity == EJG_WARNING;
}

static int add(struct relation_list *list, size_t *room, struct relation relation)
{
	struct relation *items;

	for (size_t i = list->n; i > 0 && list->items[i - 1].effect == relation.effect; i--)
		if (list->items[i - 1].cause == relation.cause)
			return 0;
	if (list->n == *room) {
		*room = 2 * *room + 16;
		items = reallocarray(list->items, *room, sizeof(*items));
		if (!items)
			return -ENOMEM;
		list->items = items;
	}
	list->items[list->n++] = relation;
	return 0;
}

/* The causes of all rules, a list for each rule. */
struct causes {
	size_t items[ARRAY_SIZE(rules)][MAX_CAUSES];
	size_t n[ARRAY_SIZE(rules)];
};

static void find_causes(const struct report *report, struct causes *causes)
{
	const struct ejg_finding *finding;

	for (size_t i = 0; (finding = report_finding(report, i)); i++)
		for (size_t j = 0; is_loud(finding) && j < ARRAY_SIZE(rules); j++)
			if (causes->n[j] < MAX_CAUSES && strcmp(rules[j].cause, finding->id) == 0)
				causes->items[j][causes->n[j]++] = i;
}

/* Folders can contain folders; otherwise nothing follows from a finding with the same id. */
static bool is_effect(const struct rule *rule, const char *id)
{
	return fnmatch(rule->effect, id, 0) == 0 && (rule->match == MATCH_BELOW || strcmp(rule->cause, id) != 0);
}

/* Finds the causes of a finding. */
static int find_relations(const struct report *report, const struct causes *causes, size_t index,
			  struct relation_list *list, size_t *room)
{
	const struct ejg_finding *finding = report_finding(report, index);
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		if (causes->n[i] == 0 || !is_effect(&rules[i], finding->id))
			continue;
		for (size_t j = 0; j < causes->n[i] && r == 0; j++) {
			size_t cause = causes->items[i][j];

			if (cause != index && follows(&rules[i], report_finding(report, cause), finding))
				r = add(list, room, (struct relation){ cause, index, rules[i].part });
		}
	}
	return r;
}

int relations_find(const struct report *report, struct relation_list *ret)
{
	cleanup_free struct causes *causes = calloc(1, sizeof(*causes));
	cleanup_relations struct relation_list list = {};
	const struct ejg_finding *finding;
	size_t room = 0;
	int r = 0;

	if (!causes)
		return -ENOMEM;
	find_causes(report, causes);
	for (size_t i = 0; r == 0 && (finding = report_finding(report, i)); i++)
		if (is_loud(finding))
			r = find_relations(report, causes, i, &list, &room);
	if (r < 0)
		return r;
	*ret = list;
	list = (struct relation_list){};
	return 0;
}

void relations_free(struct relation_list *list)
{
	free(list->items);
	*list = (struct relation_list){};
}
