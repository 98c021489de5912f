/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/service/epmd.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libejguard/service/base/cookie-mask.h"
#include "libejguard/util/address.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/epmd-client.h"
#include "libejguard/util/printable.h"

enum {
	PATIENCE_MS = 1000, /* for all queries together */
	MAX_ANSWER = 256 * 1024,
	MAX_NAMES = 1024, /* one for each node of the host */
	HEAD = 4,
	SERVICE_MANAGER = 1,
};

static const struct ejg_prefix loopback4 = { .bytes = { [10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1 },
					     .length = 128 };
static const struct ejg_prefix loopback6 = { .bytes = { [15] = 1 }, .length = 128 };

/* Parses "name NAME at port PORT" of epmd_srv.c. NAME may contain blanks, so the last " at port " counts. */
static int read_line(struct arena *arena, char *line, struct ejg_epmd_name *ret)
{
	static const char before[] = "name ", between[] = " at port ";
	char *at = NULL, *next = line, *name = line + sizeof(before) - 1;
	const char *shown;

	if (strncmp(line, before, sizeof(before) - 1) != 0)
		return -EBADMSG;
	while ((next = strstr(next, between)))
		at = next++;
	if (!at || at <= name || port_parse(at + sizeof(between) - 1, &ret->port) < 0)
		return -EBADMSG;
	*at = '\0';
	shown = printable_text(arena, name);
	if (!shown)
		return -ENOMEM;
	ret->name = cookie_mask_text(arena, shown, NULL);
	if (!ret->name)
		return -ENOMEM;
	return strcmp(shown, name) == 0 ? 0 : -EBADMSG;
}

static int read_names(struct survey_draft *draft, char *text)
{
	struct ejg_epmd_name *names = NULL, *grown;
	size_t n = 0, bad = 0;
	char *line;
	int r;

	while ((line = strsep(&text, "\n"))) {
		struct ejg_epmd_name name;

		if (!*line)
			continue;
		r = read_line(draft->arena, line, &name);
		if (r == -ENOMEM)
			return r;
		bad += r < 0 || n == MAX_NAMES;
		if (r < 0 || n == MAX_NAMES)
			continue;
		grown = arena_grow(draft->arena, names, n, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		names = grown;
		names[n++] = name;
	}
	draft->survey->epmd_names = names;
	draft->survey->n_epmd_names = n;
	draft->survey->epmd_answered = true;
	if (bad == 0)
		return 0;
	return survey_unseen(draft, "%zu lines of epmd's answer are not printable names, or are more than %d", bad,
			     MAX_NAMES);
}

static int note(struct survey_draft *draft, const char *format, ...) __attribute__((format(printf, 2, 3)));

static int note(struct survey_draft *draft, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	draft->survey->epmd_note = arena_vprintf(draft->arena, format, ap);
	va_end(ap);
	return draft->survey->epmd_note ? 0 : -ENOMEM;
}

/* The address to ask, and the answer. */
struct epmd_question {
	const struct ejg_prefix *address;
	uint16_t port;
	char *answer; /* buffer for MAX_ANSWER + 1 bytes */
};

static int ask(void *data)
{
	const struct epmd_question *question = data;

	return (int)epmd_client_names(question->address, question->port, PATIENCE_MS, question->answer, MAX_ANSWER + 1);
}

static int ask_and_read(struct survey_draft *draft, const struct ejg_prefix *address, unsigned int home)
{
	cleanup_free char *answer = malloc(MAX_ANSWER + 1);
	const uint16_t port = draft->facts->epmd_port;
	const unsigned char *head = (const unsigned char *)answer;
	struct epmd_question question = { address, port, answer };
	char where[EJG_PREFIX_TEXT_SIZE];
	int size;

	if (!answer)
		return -ENOMEM;
	ejg_prefix_format(address, where);
	size = draft->homes.n > 0 ? netns_run(&draft->homes.items[home], ask, &question) : ask(&question);
	if (size == -ETIMEDOUT)
		return note(draft, "the program on %s port %u did not finish its answer within a second", where, port);
	if (size == -EFBIG)
		return note(draft, "the program on %s port %u sends an endless answer: it is not epmd", where, port);
	if (size < 0)
		return note(draft, "the program on %s port %u did not answer: %s", where, port, strerrordesc_np(-size));
	if (size < HEAD || head[0] != 0 || head[1] != 0 || head[2] != port >> 8 || head[3] != (port & 0xff) ||
	    memchr(answer + HEAD, '\0', (size_t)size - HEAD))
		return note(draft, "the program on %s port %u does not answer as epmd does", where, port);
	return read_names(draft, answer + HEAD);
}

/*
 * The listener that gets a connection to a loopback address (inet_lookup_listener() and compute_score() of the kernel):
 * the exact address before a wildcard, the wildcard of the same family before the other.
 */
static int rank_of(const struct ejg_prefix *listener, const struct ejg_prefix *address)
{
	if (memcmp(listener->bytes, address->bytes, sizeof(address->bytes)) == 0)
		return 3;
	if (!prefix_is_wildcard(listener))
		return 0;
	if (prefix_is_ipv4(listener) == prefix_is_ipv4(address))
		return 2;
	return prefix_is_ipv4(address) ? 1 : 0;
}

static const struct ejg_listener *find_listener(const struct survey_draft *draft, const struct ejg_prefix *address,
						unsigned int home)
{
	const struct ejg_survey *survey = draft->survey;
	const struct ejg_listener *best = NULL;
	int rank, best_rank = 0;

	for (size_t i = 0; i < survey->n_listeners; i++) {
		const struct ejg_listener *listener = &survey->listeners[i];

		if (draft->listener_homes && draft->listener_homes[i] != home)
			continue;
		rank = listener->port == draft->facts->epmd_port ? rank_of(&listener->address, address) : 0;
		if (rank > best_rank) {
			best = listener;
			best_rank = rank;
		}
	}
	return best;
}

/* True if the process may hold a listener whose holder is unknown: epmd.service belongs to epmd.socket. */
static bool is_related(const struct ejg_process *process, const struct ejg_listener *listener)
{
	size_t length;

	if (process->role != EJG_PROCESS_EPMD || !process->unit || !listener->unit)
		return false;
	if (process->other_network && !process->in_service)
		return false;
	length = strcspn(process->unit, ".");
	return strncmp(process->unit, listener->unit, length + 1) == 0;
}

/* In a container the first process may be epmd or the node. */
static bool is_service_manager(const struct ejg_survey *survey, pid_t pid)
{
	if (pid != SERVICE_MANAGER)
		return false;
	for (size_t i = 0; i < survey->n_processes; i++)
		if (survey->processes[i].pid == pid)
			return false;
	return true;
}

/*
 * True if a connection to the listener would not start a service. A socket that the service manager made for a running
 * unit is also held by that unit. Where the holder is unknown, a socket of another user than root is not the manager's.
 */
static bool may_be_asked(const struct ejg_survey *survey, const struct ejg_listener *listener)
{
	if (listener->pid != 0)
		return !is_service_manager(survey, listener->pid);
	for (size_t i = 0; i < survey->n_processes; i++)
		if (is_related(&survey->processes[i], listener))
			return true;
	return listener->uid != 0;
}

static const struct ejg_prefix *const addresses[] = { &loopback4, &loopback6 };

/* The address to ask there, or NULL; *ret_listener is the last listener found, untouched without any. */
static const struct ejg_prefix *choose(const struct survey_draft *draft, unsigned int home,
				       const struct ejg_listener **ret_listener)
{
	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
		const struct ejg_listener *listener = find_listener(draft, addresses[i], home);

		if (listener)
			*ret_listener = listener;
		if (listener && may_be_asked(draft->survey, listener))
			return addresses[i];
	}
	return NULL;
}

int epmd_names_collect(struct survey_draft *draft)
{
	const uint16_t port = draft->facts->epmd_port;
	const struct ejg_listener *listener = NULL;
	const struct ejg_prefix *address;
	unsigned int home = 0;

	if (port == 0)
		return note(draft, "the port of epmd is not known");
	do {
		address = choose(draft, home, &listener);
		if (address)
			return ask_and_read(draft, address, home);
	} while (++home < draft->homes.n);
	if (!listener)
		return note(draft, "nothing listens on port %u of the loopback addresses", port);
	if (listener->pid != 0)
		return note(
			draft,
			"epmd does not run: the service manager listens on port %u, and a connection would start epmd",
			port);
	return note(draft, "the process that listens on port %u cannot be seen; a connection could start epmd", port);
}
