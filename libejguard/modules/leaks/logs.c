/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The cookie in the service's logs, and its hash in ejabberd's. Since 25.08 ejabberd makes each unix-socket listener
 * under a provisional name, base64 of term_to_binary({Secret, Path}), in which Secret is bytes 1 to 8 of SHA1(cookie),
 * and logs that name at level info: get_provisional_udsocket_path/1 and setup_provisional_udsocket_dir/1 of its
 * src/ejabberd_listener.erl. Anybody who can read it can try cookies offline.
 *
 * SHA-1 comes from libmd, 50 KB that every Debian has, because dpkg needs it. Logs are read with zlib, because Erlang's
 * logger and logrotate compress them.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <zlib.h>

#include "libejguard/modules/leaks/leaks.h"
#include "libejguard/util/file.h"

enum {
	MAX_LOGS = 256,
	MAX_BYTES = 64 << 20,	   /* of one log, decompressed */
	MAX_ALL_BYTES = 256 << 20, /* of all of them: about a second */
	NEEDLE = 24,
};

struct logs {
	struct hunt *hunt;
	uint64_t n_bytes;
	size_t n_logs;
	bool more;
};

static void encode_base64(const unsigned char *bytes, size_t n, char *ret)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i + 2 < n; i += 3) {
		unsigned int group = (unsigned int)bytes[i] << 16 | (unsigned int)bytes[i + 1] << 8 | bytes[i + 2];

		for (int j = 0; j < 4; j++)
			*ret++ = digits[group >> (18 - 6 * j) & 63];
	}
	*ret = '\0';
}

/* The external term format: version, tuple of 2, binary of 8 bytes, the secret, binary of less than 2^24 bytes. */
static void make_needle(struct leaks_vault *vault)
{
	static const unsigned char head[] = { 131, 104, 2, 109, 0, 0, 0, 8 };

	SHA1Init(&vault->sha1);
	SHA1Update(&vault->sha1, (const unsigned char *)vault->vault.cookie.text, vault->vault.cookie.n);
	SHA1Final(vault->digest, &vault->sha1);
	memcpy(vault->term, head, sizeof(head));
	memcpy(vault->term + sizeof(head), vault->digest + 1, 8);
	vault->term[16] = 109;
	vault->term[17] = 0;
	encode_base64(vault->term, sizeof(vault->term), vault->needle);
	vault_burn_stack();
}

static uint32_t count_lines(const char *text, const char *end)
{
	uint32_t n = 0;

	while (text < end && (text = memchr(text, '\n', (size_t)(end - text)))) {
		n++;
		text++;
	}
	return n;
}

/* The first lines that contain the hash and the cookie itself, or 0. */
struct lines {
	uint32_t hash, cookie;
};

/* The cookie as a whole word: a longer word that contains it is another secret. */
static const char *find_cookie(const struct cookie *cookie, const char *text, const char *end)
{
	const char *begin = text;

	while ((text = memmem(text, (size_t)(end - text), cookie->text, cookie->n))) {
		const char *after = text + cookie->n;

		if ((text == begin || !isalnum((unsigned char)text[-1])) &&
		    (after == end || !isalnum((unsigned char)*after)))
			return text;
		text++;
	}
	return NULL;
}

static void find_in(const struct logs *logs, const char *text, const char *end, uint32_t line, struct lines *lines)
{
	const struct leaks_vault *vault = logs->hunt->vault;
	const char *at = lines->hash ? NULL : memmem(text, (size_t)(end - text), vault->needle, NEEDLE);

	if (at)
		lines->hash = line + count_lines(text, at);
	at = lines->cookie ? NULL : find_cookie(&vault->vault.cookie, text, end);
	if (at)
		lines->cookie = line + count_lines(text, at);
}

static void find_lines(struct logs *logs, gzFile log, struct lines *lines)
{
	const size_t n_cookie = logs->hunt->vault->vault.cookie.n, overlap = n_cookie > NEEDLE ? n_cookie : NEEDLE;
	char *buffer = logs->hunt->vault->vault.buffer;
	size_t kept = 0, total = 0;
	uint32_t line = 1;

	while (total < MAX_BYTES && logs->n_bytes < MAX_ALL_BYTES) {
		int n = gzread(log, buffer + kept, (unsigned int)(VAULT_BUFFER - kept));
		const char *end = buffer + kept + (n > 0 ? n : 0);

		if (n <= 0)
			return;
		total += (size_t)n;
		logs->n_bytes += (uint64_t)n;
		find_in(logs, buffer, end, line, lines);
		if (lines->hash && lines->cookie)
			return;
		kept = (size_t)(end - buffer) < overlap ? (size_t)(end - buffer) : overlap;
		line += count_lines(buffer, end - kept);
		memmove(buffer, end - kept, kept);
	}
	logs->more = true;
}

static void say_hash(struct logs *logs, const char *path, const struct access_path *file, uint32_t line)
{
	const char *readers = hunt_readers(logs->hunt, file);

	if (!logs->hunt->guessable)
		hunt_say(logs->hunt, "hash-harmless", path, line,
			 "contains 64 bits of the cookie's SHA-1 in the name of a unix socket; this does not help to "
			 "find a strong cookie");
	else if (!readers)
		hunt_say(logs->hunt, "hash-logged", path, line,
			 "contains 64 bits of the cookie's SHA-1 in the name of a unix socket: whoever gets the log "
			 "can find the cookie by guessing");
	else
		hunt_say(logs->hunt, "hash-readable", path, line,
			 "contains 64 bits of the cookie's SHA-1 in the name of a unix socket, and %s can read it and "
			 "find the cookie by guessing",
			 readers);
}

static void search_log(struct logs *logs, const char *path)
{
	const struct cookie_host *host = &logs->hunt->host;
	cleanup_access_path struct access_path file = ACCESS_PATH_NULL;
	const char *problem = NULL;
	struct lines lines = { 0 };
	gzFile log;
	int fd, r;

	r = access_walk(host->arena, host->facts->root, path, 0, &host->service.trust, &file, &problem);
	if (r < 0 || file.fd < 0 || !S_ISREG(file.access.mode) || strcmp(path, file.path) != 0)
		return;
	fd = file_reopen(file.fd);
	log = fd < 0 ? NULL : gzdopen(fd, "r");
	if (!log) {
		logs->hunt->n_unread++;
		if (fd >= 0)
			close(fd);
		return;
	}
	logs->hunt->n_files++;
	find_lines(logs, log, &lines);
	gzclose(log);
	if (lines.cookie)
		hunt_say_copy(logs->hunt, path, &file, lines.cookie);
	if (lines.hash)
		say_hash(logs, path, &file, lines.hash);
}

/* ejabberd.log, error.log, crash.log; .0 and .1.gz of Erlang's logger and of logrotate. */
static void search_folder(struct logs *logs, const char *path)
{
	const struct cookie_host *host = &logs->hunt->host;
	const char *folder = NULL;
	int error = 0;
	cleanup_dir DIR *dir = access_folder(host->arena, host->facts->root, path, &folder, &error);
	struct dirent *entry;

	logs->hunt->n_unread += error == -EACCES;
	while (dir && (entry = readdir(dir))) {
		if (!strstr(entry->d_name, ".log"))
			continue;
		if (logs->n_logs++ == MAX_LOGS || logs->n_bytes >= MAX_ALL_BYTES) {
			logs->more = true;
			return;
		}
		if (ejg_call_cancelled(logs->hunt->call))
			return;
		search_log(logs, cookie_text(host, "%s/%s", folder, entry->d_name));
	}
}

void hunt_logs(struct hunt *hunt)
{
	struct logs logs = { .hunt = hunt };
	const char *log = ejg_survey_value(hunt->host.survey, "EJABBERD_LOG_PATH");
	const char *folder = ejg_survey_value(hunt->host.survey, "LOGS_DIR");

	if (log && *log == '/' && strchr(log + 1, '/'))
		folder = cookie_text(&hunt->host, "%.*s", (int)(strrchr(log, '/') - log), log);
	if (!folder || *folder != '/')
		folder = cookie_text(&hunt->host, "/var/log/%s", hunt->host.facts->service);
	make_needle(hunt->vault);
	search_folder(&logs, folder);
	if (logs.more)
		hunt_say(hunt, "partly-searched", folder, 0,
			 "not all logs were searched for the cookie and its hash: there are more than %d, or more than "
			 "%d MiB "
			 "of text",
			 MAX_LOGS, MAX_ALL_BYTES >> 20);
}
