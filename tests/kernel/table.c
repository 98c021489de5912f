/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads attempts.tbl and local.tbl. Anything that is not understood is an error: a skipped line would prove nothing. */
#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/policy-names.h"
#include "tests/kernel/attempts.h"

enum {
	N_CELLS = 6 + N_COLUMNS, /* and one more, if netns does not follow from default */
	N_CELLS_LOCAL = 7,
	HEADING_SIZE = 64,
};

const char *const variant_names[N_VARIANTS] = {
	[VARIANT_DEFAULT] = "default",
	[VARIANT_STRICT] = "strict",
	[VARIANT_DENY] = "deny",
	[VARIANT_REWRITE] = "rewrite",
	[VARIANT_NETNS] = "netns",
	[VARIANT_NETNS_STRICT] = "netns-strict",
	[VARIANT_PERMISSIVE] = "permissive",
	[VARIANT_NETNS_PERMISSIVE] = "netns-permissive",
};

const char *hook_name(enum policy_hook hook)
{
	return policy_hooks[hook].name;
}

const char *reason_name(enum policy_reason reason)
{
	return policy_reasons[reason];
}

static int find(const char *const *names, int n, const char *name)
{
	for (int i = 0; i < n; i++)
		if (!strcmp(names[i], name))
			return i;
	return -1;
}

static int find_hook(const char *name)
{
	for (int i = 0; i < POLICY_N_HOOKS; i++)
		if (!strcmp(policy_hooks[i].name, name))
			return i;
	return -1;
}

/* Words separated by commas; those that begin with c- are the client's. */
static bool read_ways(char *cell, struct attempt *attempt)
{
	const char *word;
	int way;

	if (!strcmp(cell, "plain"))
		return true;
	while ((word = strsep(&cell, ","))) {
		bool client = !strncmp(word, "c-", 2);

		way = way_find(client ? word + 2 : word);
		if (way < 0)
			return false;
		*(client ? &attempt->client_ways : &attempt->ways) |= WAY_BIT(way);
	}
	return true;
}

/* The error of a word, or -1. */
static int find_error(const char *word)
{
	static const struct {
		const char *word;
		int error;
	} errors[] = { { "allow", 0 }, { "refused", ECONNREFUSED }, { "EPERM", EPERM }, { "timeout", ETIMEDOUT } };

	for (size_t i = 0; i < ARRAY_SIZE(errors); i++)
		if (!strcmp(errors[i].word, word))
			return errors[i].error;
	return -1;
}

/* True if a refusal by a hook can end with this error. The result of a connect by the kernel itself is not seen. */
static bool can_end(enum policy_hook hook, int error)
{
	if (error == ETIMEDOUT)
		return true;
	return error == (hook == POLICY_LOOKUP ? ECONNREFUSED : EPERM) && hook != POLICY_INGRESS;
}

/* WORD for the kernel's own result, which is not counted; or WORD:HOOK:REASON. */
static bool read_expectation(char *cell, struct expectation *ret)
{
	const char *word = strsep(&cell, ":"), *hook = strsep(&cell, ":"), *reason = cell;
	int error = find_error(word), h, r;

	*ret = (struct expectation){ .error = error };
	if (!hook)
		return error >= 0;
	if (!reason)
		return false;
	h = find_hook(hook);
	r = find(policy_reasons, POLICY_N_REASONS, reason);
	*ret = (struct expectation){ .error = error, .counted = true, .hook = h, .reason = r };
	return h >= 0 && r >= 0 && error > 0 && can_end(h, error);
}

/*
 * With accept=netns a client sees that it is refused; the second subflow of an MPTCP connection belongs to the kernel.
 * With strict=yes ports without a known number are still decided at the cgroup.
 */
static bool derive_netns(char *cell, struct attempt *attempt)
{
	struct expectation *netns = &attempt->expected[VARIANT_NETNS];
	bool by_lookup = cell;

	*netns = attempt->expected[VARIANT_DEFAULT];
	if (cell && !read_expectation(cell, netns))
		return false;
	if (!cell && netns->counted && netns->hook == POLICY_INGRESS) {
		netns->hook = POLICY_LOOKUP;
		netns->error = attempt->client_ways & WAY_BIT(WAY_JOIN) ? ETIMEDOUT : ECONNREFUSED;
		by_lookup = true;
	}
	attempt->expected[VARIANT_NETNS_STRICT] = by_lookup ? *netns : attempt->expected[VARIANT_STRICT];
	return true;
}

/* FROM>TO, or -. */
static bool read_client(char *cell, struct attempt *attempt)
{
	const char *from = strsep(&cell, ">");

	if (attempt->verb != VERB_ACCEPT)
		return !strcmp(from, "-") && !cell;
	attempt->from = place_find(from);
	attempt->to = cell ? place_find(cell) : NULL;
	return attempt->from && attempt->to;
}

/* The identity for the attempt. Root connects to its listeners, from this host. */
static bool read_person(const char *cell, struct attempt *attempt)
{
	attempt->person = person_find(cell);
	if (attempt->verb == VERB_ACCEPT)
		attempt->from = attempt->to = place_find(attempt->family == AF_INET ? "loop4" : "loop6");
	return attempt->person;
}

static bool read_address(const char *cell, struct attempt *attempt)
{
	attempt->address = place_find(cell);
	return attempt->address || (attempt->verb == VERB_ACCEPT && !strcmp(cell, "-"));
}

static bool read_port(const char *cell, uint16_t *ret)
{
	char *end;
	unsigned long port = strtoul(cell, &end, 10);

	*ret = port;
	return isdigit((unsigned char)*cell) && !*end && port <= 65535;
}

/* Return: NULL, or the name of the column that is wrong. */
static const char *read_cells(char *cells[N_CELLS + 1], bool local, struct attempt *attempt)
{
	static const char *const verbs[] = { "bind", "connect", "accept" };
	int verb = find(verbs, ARRAY_SIZE(verbs), cells[0]);

	if (verb < 0)
		return "verb";
	attempt->verb = verb;
	attempt->family = !strcmp(cells[1], "4") ? AF_INET : AF_INET6;
	if (attempt->family == AF_INET6 && strcmp(cells[1], "6"))
		return "family";
	if (!read_ways(cells[2], attempt))
		return "ways";
	if (!read_address(cells[3], attempt))
		return "address";
	if (!read_port(cells[4], &attempt->port))
		return "port";
	if (local && !read_person(cells[5], attempt))
		return "person";
	if (!local && !read_client(cells[5], attempt))
		return "client";
	if (local)
		return read_expectation(cells[6], &attempt->expected[VARIANT_DEFAULT]) ? NULL : "expectation";
	for (int i = 0; i < N_COLUMNS; i++) {
		if (i > 0 && !strcmp(cells[6 + i], "="))
			attempt->expected[i] = attempt->expected[0];
		else if (!read_expectation(cells[6 + i], &attempt->expected[i]))
			return variant_names[i];
	}
	return derive_netns(cells[N_CELLS], attempt) ? NULL : variant_names[VARIANT_NETNS];
}

/* A comment that is a heading: `# wildcards: why`, `# --- bind: what`. Attempts below have its words in their names. */
static void read_heading(const char *line, char heading[static HEADING_SIZE])
{
	static const char rule[] = "# --- ";
	const char *text = line;

	if (!strncmp(line, rule, strlen(rule)) && strchr(line, ':'))
		text = strchr(line, ':') + 2;
	else if (!strncmp(line, "# ", 2))
		text = line + 2;
	else
		return;
	snprintf(heading, HEADING_SIZE, "%.*s", (int)strcspn(text, ":\n"), text);
}

/* Return: 1 for an attempt, 0 for an empty line, -1 after a message. */
static int read_line(char *line, const char *heading, const char *path, unsigned int number, bool local,
		     struct attempt *ret)
{
	char *cells[N_CELLS + 1] = {}, *save = NULL, *word;
	struct attempt attempt = { .line = number };
	const char *wrong = "number of columns";
	size_t n = 0;

	line[strcspn(line, "#\n")] = '\0';
	for (word = strtok_r(line, " \t", &save); word; word = strtok_r(NULL, " \t", &save)) {
		if (n <= N_CELLS)
			cells[n] = word;
		n++;
	}
	if (!n)
		return 0;
	if (local ? n == N_CELLS_LOCAL : n == N_CELLS || n == N_CELLS + 1) {
		snprintf(attempt.text, sizeof(attempt.text), "%s%s %s: %s %s %s %s", cells[0], cells[1], heading,
			 cells[2], cells[3], cells[4], cells[5]);
		wrong = read_cells(cells, local, &attempt);
	}
	*ret = attempt;
	if (!wrong)
		return 1;
	fprintf(stderr, "%s:%u: %s\n", path, number, wrong);
	return -1;
}

struct attempt *table_read(const char *path, bool local, size_t *ret_n)
{
	cleanup_free struct attempt *attempts = NULL;
	cleanup_free char *line = NULL;
	cleanup_file FILE *file = fopen(path, "re");
	char heading[HEADING_SIZE] = "";
	size_t size = 0, n = 0;
	int r = 0;

	for (unsigned int number = 1; file && r >= 0 && getline(&line, &size, file) >= 0; number++) {
		struct attempt *more = reallocarray(attempts, n + 1, sizeof(*more));

		if (!more)
			return NULL;
		attempts = more;
		read_heading(line, heading);
		r = read_line(line, heading, path, number, local, &attempts[n]);
		n += r > 0;
	}
	if (r < 0)
		return NULL;
	if (!n) {
		fprintf(stderr, "%s: no attempts\n", path);
		return NULL;
	}
	*ret_n = n;
	return take_ptr(attempts);
}

size_t table_select(struct attempt *attempts, size_t n, const char *pattern)
{
	char anywhere[256];
	size_t kept = 0;

	snprintf(anywhere, sizeof(anywhere), "*%s*", pattern);
	for (size_t i = 0; i < n; i++)
		if (!fnmatch(anywhere, attempts[i].text, 0))
			attempts[kept++] = attempts[i];
	if (kept)
		return kept;
	fprintf(stderr, "no attempt has '%s' in its name; the attempts:\n", pattern);
	for (size_t i = 0; i < n; i++)
		fprintf(stderr, "  %s\n", attempts[i].text);
	return 0;
}
