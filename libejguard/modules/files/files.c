/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The module `files`: what ejabberd keeps in files is its own. See ejguard-files(8). */
#include "libejguard/modules/files/files.h"

#include <string.h>

static const struct ejg_option options[] = {
	{ .name = "repair",
	  .type = EJG_OPTION_BOOL,
	  .offset = offsetof(struct files_config, repair),
	  .fallback = "no",
	  .help = "apply takes away what others may do with these files; it never gives a permission" },
	{ .name = "exclude",
	  .type = EJG_OPTION_WORDS,
	  .flags = EJG_OPTION_REPEATABLE,
	  .offset = offsetof(struct files_config, exclude),
	  .help = "what is not looked at: absolute paths, with all below, or names; patterns as of fnmatch(3)" },
	{ .name = "extra",
	  .type = EJG_OPTION_WORDS,
	  .flags = EJG_OPTION_REPEATABLE,
	  .offset = offsetof(struct files_config, extra),
	  .help = "further files and folders, with all below, to hold private" },
	{ .name = "group",
	  .type = EJG_OPTION_WORDS,
	  .flags = EJG_OPTION_REPEATABLE,
	  .offset = offsetof(struct files_config, groups),
	  .fallback = "adm",
	  .help = "groups that may read logs" },
};

#define OR_REPAIR "; or let `ejguard apply` do it: repair=yes"

static const struct ejg_finding_info findings[] = {
	{ "private", EJG_OK, "nobody else reads or changes what ejabberd keeps in files", NULL },
	{ "config-readable", EJG_FAILURE, "others may read the configuration",
	  "take the permission away by chmod" OR_REPAIR },
	{ "key-readable", EJG_FAILURE, "others may read a private key or another secret",
	  "take the permission away by chmod, and make a new key" OR_REPAIR },
	{ "cookie-readable", EJG_FAILURE, "others may read the Erlang cookie",
	  "take the permission away by chmod, and make a new cookie" OR_REPAIR },
	{ "log-readable", EJG_FAILURE, "others may read logs", "take the permission away by chmod" OR_REPAIR },
	{ "dump-readable", EJG_FAILURE, "others may read a crash dump, and in it the cookie and passwords",
	  "remove it, or take the permission away by chmod" OR_REPAIR },
	{ "spool-readable", EJG_FAILURE, "others may read the database",
	  "take the permission away by chmod" OR_REPAIR },
	{ "backup-readable", EJG_FAILURE, "others may read a backup of the database",
	  "take the permission away by chmod" OR_REPAIR },
	{ "extra-readable", EJG_FAILURE, "others may read what the stack calls private",
	  "take the permission away by chmod" OR_REPAIR },
	{ "config-writable", EJG_FAILURE, "others may change what ejabberd reads as its configuration",
	  "see what was changed; take the permission away by chmod" OR_REPAIR },
	{ "code-writable", EJG_FAILURE, "others may change code that the node runs",
	  "see what was changed; take the permission away by chmod" OR_REPAIR },
	{ "spool-writable", EJG_FAILURE, "others may change the database or a backup of it",
	  "see what was changed; take the permission away by chmod" OR_REPAIR },
	{ "docroot-writable", EJG_FAILURE, "others may change what ejabberd serves to browsers",
	  "see what was changed; take the permission away by chmod" OR_REPAIR },
	{ "extra-writable", EJG_FAILURE, "others may change what the stack calls private",
	  "see what was changed; take the permission away by chmod" OR_REPAIR },
	{ "folder-writable", EJG_FAILURE, "others may make files in a folder of ejabberd's",
	  "see what was put there; take the permission away by chmod" OR_REPAIR },
	{ "path-replaceable", EJG_FAILURE,
	  "others may write a folder above, and so put something else in the place of it",
	  "take the permission away from the folder, or keep the files elsewhere" },
	{ "unreadable", EJG_FAILURE, "something cannot be looked at, not even by root", "see the reason, and mend it" },
	{ "upload-readable", EJG_WARNING, "others of this host may read uploaded files",
	  "take the permission away by chmod" OR_REPAIR },
	{ "upload-writable", EJG_WARNING, "others of this host may change uploaded files",
	  "take the permission away by chmod" OR_REPAIR },
	{ "log-writable", EJG_WARNING, "others may change a log or a crash dump",
	  "take the permission away by chmod" OR_REPAIR },
	{ "folder-open", EJG_WARNING, "others may enter or list a folder of ejabberd's",
	  "take the permission away by chmod" OR_REPAIR },
	{ "default-acl", EJG_WARNING, "a default ACL opens every new file to others",
	  "remove it: setfacl -k FOLDER" OR_REPAIR },
	{ "owner-unexpected", EJG_WARNING, "a file belongs neither to the service nor to root",
	  "see whose it is and why it is there" },
	{ "linked", EJG_WARNING, "a file has further names, which these folders do not protect",
	  "find them: find / -xdev -samefile FILE" },
	{ "setuid", EJG_WARNING, "a file that runs with the rights of its owner or group", "chmod ug-s FILE" },
	{ "special", EJG_WARNING, "a FIFO or a device in a folder of ejabberd's", "see who made it, and remove it" },
	{ "socket-open", EJG_WARNING, "others of this host may connect to a unix socket",
	  "set `unix_socket: {mode: \"0660\"}` of that listener in ejabberd.yml, or keep it in a folder of the "
	  "service" },
	{ "sourced-by-root", EJG_WARNING, "root runs a file that others than root may change",
	  "give the file and its folder to root" },
	{ "group-shared", EJG_WARNING, "others are in the group of the service",
	  "take them out of the group, or give the service one of its own" },
	{ "folder-shared", EJG_WARNING, "a setting names a folder of the whole system",
	  "give ejabberd a folder of its own" },
	{ "mount-skipped", EJG_WARNING, "another file system is mounted in a folder of ejabberd's; it is not looked at",
	  "name it in extra=, or exclude= it" },
	{ "too-deep", EJG_WARNING, "folders nest deeper than any of ejabberd's; what is below is not looked at",
	  "see what it is, and remove it or name it in extra=" },
	{ "not-repaired", EJG_WARNING, "others have rights to something that repair leaves alone", "see what it is" },
	{ "repaired", EJG_INFO, "permissions were taken away", NULL },
	{ "would-repair", EJG_INFO, "permissions that repair would take away in mode=enforce", NULL },
	{ "hidden", EJG_INFO, "files that are open by their modes are kept by the folders above them", NULL },
	{ "symlinks", EJG_INFO, "symbolic links were not followed", NULL },
	{ "excluded", EJG_INFO, "the stack excludes something", NULL },
	{ "unseen", EJG_INFO, "something cannot be seen without privilege", NULL },
	{ "undetermined", EJG_INFO, "a path that cannot be told without running the service", NULL },
	{ "user-unknown", EJG_INFO, "the user of the service cannot be told", NULL },
};

enum ejg_severity tally_severity(const char *id)
{
	for (size_t i = 0; i < ARRAY_SIZE(findings); i++)
		if (strcmp(findings[i].id, id) == 0)
			return findings[i].severity;
	return EJG_FAILURE;
}

EJG_MODULE_EXPORT const struct ejg_module ejguard_module = {
	EJG_MODULE_HEADER,
	.name = "files",
	.summary = "what ejabberd keeps in files is read and changed by nobody else",
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.findings = findings,
	.n_findings = ARRAY_SIZE(findings),
	.config_size = sizeof(struct files_config),
	.state_size = sizeof(struct files_state),
	.check = files_check,
	.prepare = files_prepare,
	.apply = files_apply,
	.release = files_release,
};
