/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/files/policy.h"

#include <stddef.h>
#include <string.h>

const struct file_policy file_policies[N_GROUPS] = {
	[GROUP_CONFIG] = { "configuration", "config-readable", "config-writable", TRUST_SERVICE },
	[GROUP_DATA] = { "a file that the service reads", NULL, "config-writable", TRUST_SERVICE },
	[GROUP_KEY] = { "a key", "key-readable", "config-writable", TRUST_KEYS },
	[GROUP_CERTIFICATE] = { "a certificate", "key-readable", "config-writable", TRUST_KEYS },
	[GROUP_COOKIE] = { "the Erlang cookie", "cookie-readable", "config-writable", TRUST_SERVICE },
	[GROUP_LOG] = { "a log", "log-readable", "log-writable", TRUST_LOGS },
	[GROUP_DUMP] = { "a crash dump", "dump-readable", "log-writable", TRUST_SERVICE },
	[GROUP_SPOOL] = { "the database", "spool-readable", "spool-writable", TRUST_SERVICE },
	[GROUP_BACKUP] = { "a backup", "backup-readable", "spool-writable", TRUST_SERVICE },
	[GROUP_UPLOAD] = { "an upload", "upload-readable", "upload-writable", TRUST_SERVICE },
	[GROUP_DOCROOT] = { "what the service shows to browsers", NULL, "docroot-writable", TRUST_SERVICE },
	[GROUP_CODE] = { "code that the node runs", NULL, "code-writable", TRUST_SERVICE },
	[GROUP_SOCKET] = { "a socket", NULL, "socket-open", TRUST_SERVICE },
	[GROUP_EXTRA] = { "private (named in the stack)", "extra-readable", "extra-writable", TRUST_SERVICE },
};

struct by_name {
	const char *pattern;
	enum file_group group;
};

/* Names with a meaning in any folder. */
static const struct by_name anywhere[] = {
	{ ".erlang.cookie", GROUP_COOKIE },
	{ "erl_crash*", GROUP_DUMP },	/* ejabberdctl and erl(1) */
	{ "MnesiaCore.*", GROUP_DUMP }, /* mnesia_lib:coredump() */
	{ "core", GROUP_DUMP },		/* core(5), the kernel's default name */
	{ "core.*", GROUP_DUMP },
};

/* In the database's folder, where `ejabberdctl backup` puts a relative name. */
static const struct by_name in_spool[] = {
	{ ".ejabberd-modules", GROUP_CODE }, { ".erlang", GROUP_CODE },	 { "*backup*", GROUP_BACKUP },
	{ "*dump*", GROUP_BACKUP },	     { "*.bak", GROUP_BACKUP },	 { "*.old", GROUP_BACKUP },
	{ "*.sql", GROUP_BACKUP },	     { "*.tar*", GROUP_BACKUP }, { "*.tgz", GROUP_BACKUP },
	{ "*.zip", GROUP_BACKUP },	     { "*.xml", GROUP_BACKUP },	 { "*.key", GROUP_CERTIFICATE },
	{ "*.pem", GROUP_CERTIFICATE },	     { "acme", GROUP_KEY },
};

/* In the configuration folder: certificates, which may contain a key, and files without secrets. */
static const struct by_name in_config[] = {
	{ "*.pem", GROUP_CERTIFICATE }, { "*.crt", GROUP_CERTIFICATE }, { "*.key", GROUP_CERTIFICATE },
	{ "inetrc", GROUP_DATA },	{ "README*", GROUP_DATA },
};

/* Matches a pattern with at most a * at each end; fnmatch(3) would take longer than checking the file. */
static bool fits(const char *pattern, const char *name)
{
	size_t length = strlen(pattern), n = strlen(name);
	bool head = pattern[0] == '*', tail = pattern[length - 1] == '*';
	char middle[32];

	if (!head && !tail)
		return strcmp(pattern, name) == 0;
	if (!head)
		return strncmp(pattern, name, length - 1) == 0;
	if (!tail)
		return n >= length - 1 && strcmp(name + n - (length - 1), pattern + 1) == 0;
	memcpy(middle, pattern + 1, length - 2);
	middle[length - 2] = '\0';
	return strstr(name, middle) != NULL;
}

static enum file_group find(const struct by_name *rows, size_t n, const char *name, enum file_group otherwise)
{
	for (size_t i = 0; i < n; i++)
		if (fits(rows[i].pattern, name))
			return rows[i].group;
	return otherwise;
}

enum file_group file_group_of(enum file_group group, const char *name, bool folder)
{
	if (group == GROUP_DOCROOT || group == GROUP_CODE || group == GROUP_UPLOAD || group == GROUP_EXTRA ||
	    group == GROUP_CERTIFICATE)
		return group;
	if (!folder)
		group = find(anywhere, sizeof(anywhere) / sizeof(*anywhere), name, group);
	if (group == GROUP_SPOOL)
		return find(in_spool, sizeof(in_spool) / sizeof(*in_spool), name, group);
	if (group == GROUP_CONFIG)
		return find(in_config, sizeof(in_config) / sizeof(*in_config), name, group);
	return group;
}
