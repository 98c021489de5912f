/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Tests whether the system's OpenSSL itself refuses TLS 1.0 and 1.1. Since OpenSSL 3 these need the security level 0,
 * because they use SHA-1 and MD5 in signatures (SSL_CTX_set_security_level(3)); the default level is 1, Debian's is 2.
 * Only a cipher list can lower it: that of a listener, or the one in openssl.cnf.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libejguard/modules/config/config.h"
#include "libejguard/util/file.h"
#include "libejguard/util/root.h"

static bool is_there(const struct config_check *check, const char *pattern)
{
	glob_t matches = {};
	int r = root_glob(check->facts->root, pattern, &matches);

	if (r == 0)
		globfree(&matches);
	return r == 0;
}

bool config_lowers_level(const char *ciphers)
{
	const char *level = ciphers ? strstr(ciphers, "@SECLEVEL=0") : NULL;

	return level && (level[11] == '\0' || strchr(": ,\t\n", level[11]));
}

/* True if a line of openssl.cnf lowers the level: CipherString = DEFAULT@SECLEVEL=0. Comments begin with #. */
static bool is_lowered(char *text)
{
	char *line;

	while ((line = strsep(&text, "\n"))) {
		line[strcspn(line, "#\r")] = '\0';
		line += strspn(line, " \t");
		if (strncmp(line, "CipherString", 12) == 0 && config_lowers_level(line))
			return true;
	}
	return false;
}

/* True if a configuration of OpenSSL exists and does not change the level; false if it cannot be read. */
static bool is_left_alone(const struct config_check *check, const char *path)
{
	enum { MAX_CONFIGURATION = 256 << 10 };
	cleanup_fd int fd = root_open_regular(check->facts->root, path);
	cleanup_free char *text = malloc(MAX_CONFIGURATION + 1);
	ssize_t n;

	if (fd == -ENOENT || (fd >= 0 && !text))
		return fd == -ENOENT;
	n = fd < 0 ? fd : file_read_some(fd, text, MAX_CONFIGURATION);
	if (n < 0 || n == MAX_CONFIGURATION)
		return false;
	text[n] = '\0';
	return !is_lowered(text);
}

bool config_openssl_is_modern(const struct config_check *check)
{
	static const char *const libraries[] = { "/usr/lib/*/libssl.so.3", "/lib/*/libssl.so.3", "/usr/lib/libssl.so.3",
						 "/usr/lib64/libssl.so.3" };
	static const char *const old[] = { "/usr/lib/*/libssl.so.1*", "/lib/*/libssl.so.1*", "/usr/lib/libssl.so.1*",
					   "/usr/lib64/libssl.so.1*" };
	static const char *const configurations[] = { "/etc/ssl/openssl.cnf", "/usr/lib/ssl/openssl.cnf",
						      "/etc/pki/tls/openssl.cnf" };
	bool found = false;

	/* Upstream's installers contain their own OpenSSL. */
	if (is_there(check, "/opt/ejabberd-*"))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(libraries); i++) {
		if (is_there(check, old[i]))
			return false;
		found |= is_there(check, libraries[i]);
	}
	for (size_t i = 0; found && i < ARRAY_SIZE(configurations); i++)
		found = is_left_alone(check, configurations[i]);
	return found;
}
