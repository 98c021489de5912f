/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ejabberdctl exports ERL_INETRC. With {lookup,["file",...]} in that file, as in Debian's, Erlang reads first its
 * {host,...} lines, then /etc/hosts, then "native", which is getaddrinfo(3) (inet_hosts.erl, inet_db.erl). Without it
 * Erlang uses only native, which reads /etc/hosts first by nsswitch.conf(5).
 */
#include "libejguard/modules/node/hosts.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "libejguard/util/erl-address.h"
#include "libejguard/util/address.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/file.h"
#include "libejguard/util/resolver.h"
#include "libejguard/util/root.h"

#define FILE_MAX (1 << 20)

/* Reads a regular file, or its first megabyte, and adds a NUL; NULL when it cannot be read. */
static char *read_text(const char *root, const char *path)
{
	cleanup_fd int fd = root_open_regular(root, path);
	cleanup_free char *text = fd < 0 ? NULL : malloc(FILE_MAX + 1);
	ssize_t n;

	if (!text)
		return NULL;
	n = file_read_some(fd, text, FILE_MAX);
	if (n < 0)
		return NULL;
	text[n] = '\0';
	return take_ptr(text);
}

static void add(struct node_host *host, int family, const void *bytes)
{
	struct ejg_prefix address = { .length = 128 };

	if (host->n == NODE_HOST_MAX)
		return;
	if (family == AF_INET) {
		memset(address.bytes + 10, 0xff, 2);
		memcpy(address.bytes + 12, bytes, 4);
	} else {
		memcpy(address.bytes, bytes, 16);
	}
	host->addresses[host->n++] = address;
}

/* Adds an address given as text, if it is of the family. */
static void add_text(struct node_host *host, const char *text, int family)
{
	uint8_t bytes[16];

	if (inet_pton(family, text, bytes) == 1)
		add(host, family, bytes);
}

/* "ADDRESS NAME ALIAS... # comment" in each line (hosts(5)). */
static void search_hosts(char *text, const char *name, int family, struct node_host *host)
{
	char *line, *word, *words, *lines = text;

	while ((line = strsep(&lines, "\n"))) {
		const char *address;

		line[strcspn(line, "#")] = '\0';
		address = strtok_r(line, " \t\r", &words);
		while (address && (word = strtok_r(NULL, " \t\r", &words))) {
			if (strcasecmp(word, name) != 0)
				continue;
			add_text(host, address, family);
			break;
		}
	}
}

/* Removes blanks outside of strings and comments, which Erlang's scanner ignores. */
static void squeeze(char *text)
{
	bool quoted = false;
	char *to = text;

	for (const char *from = text; *from; from++) {
		if (*from == '"')
			quoted = !quoted;
		if (!quoted && *from == '%')
			from += strcspn(from, "\n");
		if (!*from)
			break;
		if (quoted || !strchr(" \t\r\n", *from))
			*to++ = *from;
	}
	*to = '\0';
}

/* True if "name" is one of the strings up to the end of the list. */
static bool list_has(const char *list, const char *name)
{
	const size_t length = strlen(name);

	while (*list == '"') {
		const size_t n = strcspn(list + 1, "\"");

		if (n == length && strncasecmp(list + 1, name, n) == 0)
			return true;
		list += n + 1;
		list += strspn(list, "\",");
		if (*list == ']' || !*list)
			return false;
		list--;
	}
	return false;
}

/* Reads the numbers of an address, up to its brace. Return: how many. */
static size_t read_tuple(const char **at, unsigned long numbers[8])
{
	size_t n = 0;
	char *end;

	while (n < 8) {
		numbers[n] = strtoul(*at, &end, 10);
		if (end == *at)
			return 0;
		n++;
		*at = end;
		if (**at != ',')
			break;
		++*at;
	}
	return **at == '}' ? n : 0;
}

/* {host,{127,0,0,1},["localhost","hostalias"]}. (ERTS user's guide, inet configuration) */
static void search_inetrc(char *text, const char *name, int family, struct node_host *host)
{
	static const char begin[] = "{host,{";
	const char *at = text, *lookup;
	unsigned long numbers[8];
	uint8_t bytes[16];
	size_t n;

	squeeze(text);
	lookup = strstr(text, "{lookup,[");
	if (!lookup || !memmem(lookup, strcspn(lookup, "]"), "file", 4))
		return;
	while ((at = strstr(at, begin))) {
		at += sizeof(begin) - 1;
		n = read_tuple(&at, numbers);
		if (n != (family == AF_INET ? 4 : 8) || strncmp(at, "},[", 3) != 0 || !list_has(at + 3, name))
			continue;
		for (size_t i = 0; i < n; i++) {
			bytes[n == 4 ? i : 2 * i] = (uint8_t)(n == 4 ? numbers[i] : numbers[i] >> 8);
			if (n == 8)
				bytes[2 * i + 1] = (uint8_t)numbers[i];
		}
		add(host, family, bytes);
	}
}

static int add_resolved(void *data, size_t index, const struct ejg_prefix *address)
{
	struct node_host *host = data;

	(void)index;
	host->addresses[host->n++] = *address;
	return 0;
}

static int ask_resolver(const char *name, int family, struct node_host *host)
{
	bool done;
	int r;

	r = resolver_ask(&name, 1, family, NODE_HOST_MAX, NODE_HOST_TIMEOUT_MS, add_resolved, host, &done);
	if (r < 0)
		return r;
	host->source = !done ? NODE_HOST_TIMEOUT : host->n ? NODE_HOST_RESOLVER : NODE_HOST_UNKNOWN;
	if (!done)
		host->n = 0;
	return 0;
}

static void search_file(const char *root, const char *path,
			void (*search)(char *, const char *, int, struct node_host *), enum node_host_source source,
			const char *name, int family, struct node_host *host)
{
	cleanup_free char *text = NULL;

	if (host->n || !path || !(text = read_text(root, path)))
		return;
	search(text, name, family, host);
	if (host->n)
		host->source = source;
}

int node_host_resolve(const char *name, const struct node_hosts_source *source, struct node_host *ret)
{
	const int family = source->ipv6 ? AF_INET6 : AF_INET;
	struct node_host host = { .source = NODE_HOST_UNKNOWN };
	struct erl_address literal;
	int r = 0;

	if (erl_address_read(name, &literal)) {
		/* Erlang does not resolve an address of the other family. */
		if (literal.is_ipv6 != source->ipv6) {
			*ret = host;
			return 0;
		}
		add(&host, family, literal.bytes);
		host.source = NODE_HOST_LITERAL;
	}
	search_file(source->root, source->inetrc, search_inetrc, NODE_HOST_INETRC, name, family, &host);
	search_file(source->root, source->hosts, search_hosts, NODE_HOST_FILE, name, family, &host);
	if (!host.n && source->resolver)
		r = ask_resolver(name, family, &host);
	else if (!host.n)
		host.source = NODE_HOST_UNASKED;
	if (r < 0)
		return r;
	*ret = host;
	return 0;
}

enum node_host_class node_host_classify(const struct node_host *host, const struct ejg_prefix *own, size_t n_own)
{
	enum node_host_class class = NODE_CLASS_NOTHING, one;

	for (size_t i = 0; i < host->n; i++) {
		one = prefix_is_loopback(&host->addresses[i]) ? NODE_CLASS_LOOPBACK : NODE_CLASS_ELSEWHERE;
		for (size_t j = 0; j < n_own && one == NODE_CLASS_ELSEWHERE; j++)
			if (memcmp(own[j].bytes, host->addresses[i].bytes, 16) == 0)
				one = NODE_CLASS_OWN;
		class = one > class ? one : class;
	}
	return class;
}
