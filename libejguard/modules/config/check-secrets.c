/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Private keys, and configurations that contain passwords: checks who can read them. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "libejguard/modules/config/config.h"
#include "libejguard/util/file.h"
#include "libejguard/util/quote.h"
#include "libejguard/util/root.h"

/* Options whose value is a secret, at any place. */
static bool is_secret(const struct yml_pair *pair)
{
	static const char *const names[] = {
		"sql_password",	   "ldap_password",   "redis_password", "password",
		"secret",	   "external_secret", "basic_auth",	"must_authenticate_with",
		"ext_api_headers", "rootpw",	      "captcha_secret"
	};
	const char *key = yml_text(pair->key);

	if (!key || (yml_text(pair->value) ? !*pair->value->text : pair->value->kind != YML_LIST || !pair->value->n))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(names[i], key) == 0)
			return true;
	return false;
}

struct secrets {
	struct config_check *check;
	const struct yml_pair *first[64]; /* the first of each file */
	size_t n;
};

static void note(struct secrets *secrets, const struct yml_pair *pair)
{
	for (size_t i = 0; i < secrets->n; i++)
		if (strcmp(secrets->first[i]->value->file, pair->value->file) == 0)
			return;
	if (secrets->n < ARRAY_SIZE(secrets->first) && pair->value->file)
		secrets->first[secrets->n++] = pair;
}

/* The password of a macro is in the file that defines the macro: the value's place has it. */
static void find_secrets(struct secrets *secrets, const struct yml_node *node)
{
	for (size_t i = 0; node->kind == YML_LIST && i < node->n; i++)
		find_secrets(secrets, node->items[i]);
	for (size_t i = 0; node->kind == YML_MAP && i < node->n; i++) {
		/* A room may have a password that all its users know. */
		if (yml_is(node->pairs[i].key, "default_room_options"))
			continue;
		if (is_secret(&node->pairs[i]))
			note(secrets, &node->pairs[i]);
		find_secrets(secrets, node->pairs[i].value);
	}
}

/* The other users that can read a file, for people; NULL: none, or unknown (then a finding says so). */
static const char *readers(struct config_check *check, const char *path, const char **ret_real, bool *ret_acl)
{
	cleanup_access_path struct access_path file = ACCESS_PATH_NULL;
	const char *problem = NULL;
	int r = access_walk(check->arena, check->facts->root, path, ACCESS_FOLLOW, &check->service.trust, &file,
			    &problem);

	check->no_memory |= r == -ENOMEM;
	if (r < 0 && r != -ENOMEM)
		config_finding(check, "unseen", path, NULL, NULL, "it cannot be determined who may read it: %s",
			       problem ? problem : strerror(-r));
	if (r < 0 || file.fd < 0 || !(access_exposed(&file.access, &file.reach, &check->service.trust) & ACCESS_READ))
		return NULL;
	*ret_real = file.path;
	*ret_acl = file.access.acl;
	return access_describe(check->arena, &file.access, &file.reach, &check->service.trust, ACCESS_READ);
}

/* Only the service's group may keep access, and only if nobody else is in it. */
static const char *remedy_chmod(struct config_check *check, const char *path, bool acl)
{
	const char *quoted = quote_shell(check->arena, path);
	const char *remove = quoted && acl ? arena_printf(check->arena, "setfacl -P -b -- %s && ", quoted) : "";

	if (!quoted || !remove)
		return NULL;
	if (!check->service.known)
		return arena_printf(check->arena, "run: %schmod 0600 -- %s", remove, quoted);
	if (check->service.group_members)
		return arena_printf(check->arena, "run: %schmod 0600 -- %s && chown -h %s -- %s", remove, quoted,
				    check->service.user, quoted);
	return arena_printf(check->arena, "run: %schmod o=,g-wx -- %s && chgrp -h %s -- %s", remove, quoted,
			    check->service.group, quoted);
}

static void check_configurations(struct config_check *check)
{
	struct secrets secrets = { .check = check };

	find_secrets(&secrets, check->yml.options);
	for (size_t i = 0; i < secrets.n; i++) {
		const struct yml_pair *pair = secrets.first[i];
		bool acl;
		const char *real, *who = readers(check, pair->value->file, &real, &acl);

		if (who)
			config_finding(check, "secret-readable", real, pair->value, remedy_chmod(check, real, acl),
				       "%s may read it, and it contains a secret (%s)", who, pair->key->text);
	}
}

/* Tests whether a file contains a private key, by its first line anywhere in the first megabyte. 1, 0, -errno. */
static int holds_key(int handle)
{
	enum { MAX_CERTIFICATES = 1 << 20 };
	cleanup_free char *text = malloc(MAX_CERTIFICATES + 1);
	cleanup_fd int fd = text ? file_reopen(handle) : -ENOMEM;
	ssize_t n;
	bool found;

	if (fd < 0)
		return fd;
	n = file_read_some(fd, text, MAX_CERTIFICATES);
	if (n < 0)
		return (int)n;
	found = memmem(text, n, "PRIVATE KEY-----", 16);
	explicit_bzero(text, n);
	return found;
}

enum { MAX_FILES = 200 }; /* limit on configuration files to check */

/*
 * True if ejabberd reads the file when it reads the configuration, and does not start without it: econf:pem() and
 * econf:file(read). For certfiles, and for its equivalents in old configurations, ejabberd only warns.
 */
static bool is_read_at_start(const struct yml_path *option)
{
	static const char *const certificates[] = { "sql_ssl_certfile", "ldap_tls_certfile",
						    "ejabberd_service/certfile" };

	if (option->kind == YML_PATH_CA || option->kind == YML_PATH_DHFILE || option->kind == YML_PATH_KEY)
		return true;
	for (size_t i = 0; option->kind == YML_PATH_CERTIFICATE && i < ARRAY_SIZE(certificates); i++) {
		const char *found = strstr(option->option, certificates[i]);

		if (found && strcmp(found, certificates[i]) == 0)
			return true;
	}
	return false;
}

static const char refuses[] = ": ejabberd refuses it and does not start";

/* Reports a file that the service itself cannot read, although root can. */
static void check_service(struct config_check *check, const struct yml_path *option, const struct access_path *file)
{
	const struct yml_node place = { .file = option->file, .line = option->line, .column = option->column };
	const bool needed = is_read_at_start(option);
	const int r = access_service_may(&check->service, file, ACCESS_READ);

	check->no_memory |= r == -ENOMEM;
	if (r == 0)
		config_finding(check, needed ? "refused" : "file-unreadable", file->path, &place,
			       needed ? "give it to the service, or let its group read it" : NULL,
			       "%s names it, but user %s cannot read it%s", option->option, check->service.user,
			       needed ? refuses : "");
}

static void tell_missing(struct config_check *check, const struct yml_path *option, const char *path)
{
	const struct yml_node place = { .file = option->file, .line = option->line, .column = option->column };
	const bool needed = is_read_at_start(option);

	config_finding(check,
		       needed				      ? "refused"
		       : option->kind == YML_PATH_CERTIFICATE ? "certfile-missing"
							      : "file-missing",
		       path, &place, needed ? "correct the path, or create the file" : NULL,
		       "%s names it, but it does not exist%s", option->option, needed ? refuses : "");
}

/* Checks the configuration and its included files: ejabberd reads them as its own user. */
static void check_own_files(struct config_check *check)
{
	for (size_t i = 0; i < check->yml.n_files && i < MAX_FILES; i++) {
		cleanup_access_path struct access_path file = ACCESS_PATH_NULL;
		const struct yml_node place = { .file = check->yml.files[i] };
		const char *problem;
		int r = access_walk(check->arena, check->facts->root, place.file, ACCESS_FOLLOW, &check->service.trust,
				    &file, &problem);

		if (r == 0 && file.fd >= 0)
			r = access_service_may(&check->service, &file, ACCESS_READ) == 0;
		check->no_memory |= r == -ENOMEM;
		if (r == 1)
			config_finding(check, "refused", NULL, &place,
				       "give it to the service, or let its group read it",
				       "user %s cannot read it: ejabberd does not start", check->service.user);
	}
}

static void check_key(struct config_check *check, const struct yml_path *option, const char *path)
{
	cleanup_access_path struct access_path file = ACCESS_PATH_NULL;
	const struct yml_node place = { .file = option->file, .line = option->line, .column = option->column };
	const char *problem = NULL, *who;
	int r = access_walk(check->arena, check->facts->root, path, ACCESS_FOLLOW, &check->service.key_readers, &file,
			    &problem);
	int key;

	check->no_memory |= r == -ENOMEM;
	if (r < 0) {
		config_finding(check, "unseen", path, &place, NULL, "cannot be seen: %s",
			       problem ? problem : strerror(-r));
		return;
	}
	if (file.fd < 0) {
		tell_missing(check, option, path);
		return;
	}
	check_service(check, option, &file);
	if (option->kind == YML_PATH_CA || option->kind == YML_PATH_DHFILE || !S_ISREG(file.access.mode) ||
	    !(access_exposed(&file.access, &file.reach, &check->service.key_readers) & ACCESS_READ))
		return;
	/* A certificate without a key is public. */
	key = option->kind == YML_PATH_KEY ? 1 : holds_key(file.fd);
	if (key == 0)
		return;
	if (key < 0) {
		config_finding(check, "unseen", path, &place, NULL,
			       "it cannot be checked whether it contains a private key: %s", strerror(-key));
		return;
	}
	who = access_describe(check->arena, &file.access, &file.reach, &check->service.key_readers, ACCESS_READ);
	config_finding(check, "key-readable", file.path, &place, remedy_chmod(check, file.path, file.access.acl),
		       "%s may read it, and it contains a private key", who ? who : "another user");
}

/* Checks a pattern of certfiles, with a limit on the matching files. */
static void check_pattern(struct config_check *check, const struct yml_path *option)
{
	enum { MAX_MATCHES = 200 };
	const struct yml_node place = { .file = option->file, .line = option->line, .column = option->column };
	glob_t matches = {};
	int r;

	if (!yml_pattern_is_simple(option->path)) {
		config_finding(check, "unseen", option->path, &place, NULL,
			       "the pattern matches too many files to check");
		return;
	}
	r = root_glob(check->facts->root, option->path, &matches);
	if (r == GLOB_NOMATCH)
		config_finding(check, "certfile-missing", option->path, &place, NULL,
			       "%s names files that do not exist", option->option);
	for (size_t i = 0; r == 0 && i < matches.gl_pathc && i < MAX_MATCHES; i++)
		check_key(check, option, matches.gl_pathv[i]);
	globfree(&matches);
}

void check_secrets(struct config_check *check)
{
	check_configurations(check);
	check_own_files(check);
	for (size_t i = 0; i < check->paths.n; i++) {
		const struct yml_path *path = &check->paths.items[i];

		if (path->kind != YML_PATH_CERTIFICATE && path->kind != YML_PATH_KEY && path->kind != YML_PATH_CA &&
		    path->kind != YML_PATH_DHFILE)
			continue;
		if (path->pattern)
			check_pattern(check, path);
		else
			check_key(check, path, path->path);
	}
}
