/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The proposed stack, line by line. */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <string.h>

#include "libejguard/util/cleanup.h"
#include "tools/learn/learn.h"

/* Words of a line, in a stream of memory. */
struct line_words {
	char *text;
	size_t size;
	FILE *out;
};

static int words_begin(struct line_words *words)
{
	*words = (struct line_words){};
	words->out = open_memstream(&words->text, &words->size);
	return words->out ? 0 : -ENOMEM;
}

/* Ends the words and, unless there are none, adds the line. */
static int words_end(struct line_words *words, struct learned *learned, const char *name)
{
	int r = fclose(words->out) == 0 ? 0 : -ENOMEM;

	if (r == 0 && words->size > 0)
		r = learned_line(learned, "%s%s", name, words->text);
	free(words->text);
	return r;
}

/* As a stack has it: units like "run-\x2d.mount" have backslashes, which stand in quotes. */
static void put_word(FILE *out, const char *word)
{
	if (word[strcspn(word, "\\\"# ")] == '\0') {
		fprintf(out, " %s", word);
		return;
	}
	fputs(" \"", out);
	for (; *word; word++)
		fprintf(out, "%s%c", *word == '\\' || *word == '"' ? "\\" : "", *word);
	fputc('"', out);
}

static int put_origin(struct learned *ret, const char *what, const struct ejg_origin *origin)
{
	if (!origin->file)
		return learned_reason(ret, "%s", what);
	if (!origin->line)
		return learned_reason(ret, "%s: %s", what, origin->file);
	return learned_reason(ret, "%s: %s:%u", what, origin->file, origin->line);
}

static int propose_cgroups(const struct learn *learn, struct learned *ret)
{
	struct line_words words;
	int r = put_origin(ret, "The units of the service, as in the stack in use", &learn->facts->cgroups_origin);

	if (r == 0)
		r = words_begin(&words);
	if (r < 0)
		return r;
	for (size_t i = 0; i < learn->facts->n_cgroups; i++)
		put_word(words.out, ejg_cgroup_get(learn->facts, i)->name);
	return words_end(&words, ret, "set cgroups");
}

static int propose_kind(const struct learn *learn, struct learned *ret)
{
	const struct ejg_facts *facts = learn->facts;
	int r = 0;

	if (facts->kind && facts->kind_origin.kind == EJG_ORIGIN_STACK) {
		r = put_origin(ret, "The kind of service, as in the stack in use", &facts->kind_origin);
		r = r == 0 ? learned_line(ret, "set kind %s", facts->kind->name) : r;
	}
	if (r == 0 && facts->epmd_port && facts->epmd_origin.kind != EJG_ORIGIN_DEFAULT) {
		r = put_origin(ret, "epmd's port", &facts->epmd_origin);
		r = r == 0 ? learned_line(ret, "set epmd %u", facts->epmd_port) : r;
	}
	return r;
}

static int propose_dist(const struct learn *learn, struct learned *ret)
{
	const struct ejg_facts *facts = learn->facts;
	struct line_words words;
	int r;

	if (facts->dist_state != EJG_DIST_FIXED) {
		r = learned_reason(
			ret, "The distribution port is not fixed: strict=yes below makes it private, whatever it is.");
		learned_remark(ret);
		return r;
	}
	r = put_origin(ret, "The distribution range", &facts->dist_origin);
	if (r == 0)
		r = words_begin(&words);
	if (r < 0)
		return r;
	for (size_t i = 0; i < facts->n_dist; i++)
		if (facts->dist[i].first == facts->dist[i].last)
			fprintf(words.out, " %u", facts->dist[i].first);
		else
			fprintf(words.out, " %u-%u", facts->dist[i].first, facts->dist[i].last);
	return words_end(&words, ret, "set dist");
}

/* A port on which a node of the service listens for others, and which is not private. */
static const struct ejg_process *public_listener(const struct learn *learn, const struct ejg_listener *listener)
{
	if (!listener->in_service || listener->port == learn->facts->epmd_port || learn_is_dist(learn, listener->port))
		return NULL;
	for (size_t i = 0; i < learn->survey->n_processes; i++) {
		const struct ejg_process *process = ejg_process_get(learn->survey, i);

		if (process->pid == listener->pid && process->role == EJG_PROCESS_NODE && process->in_service)
			return process;
	}
	return NULL;
}

static bool is_of_loopback(const struct ejg_listener *listener)
{
	char text[EJG_PREFIX_TEXT_SIZE];

	ejg_prefix_format(&listener->address, text);
	return strncmp(text, "127.", 4) == 0 || strcmp(text, "::1") == 0;
}

static int propose_public(const struct learn *learn, struct learned *ret)
{
	struct line_words words;
	unsigned int last = 0;
	int r = words_begin(&words);

	if (r < 0)
		return r;
	for (size_t i = 0; i < learn->survey->n_listeners && r == 0; i++) {
		const struct ejg_listener *listener = ejg_listener_get(learn->survey, i);
		const struct ejg_process *process = public_listener(learn, listener);
		char text[EJG_PREFIX_TEXT_SIZE];

		if (!process || is_of_loopback(listener) || listener->port == last)
			continue; /* they are ordered by port */
		last = listener->port;
		fprintf(words.out, " %u", last);
		r = learned_reason(ret, "%u: process %d of the service listens on %s", last, process->pid,
				   ejg_prefix_format(&listener->address, text));
	}
	if (r == 0 && last == 0) {
		r = learned_reason(ret, "The service listens on no port for everybody.");
		learned_remark(ret);
	}
	r = words_end(&words, ret, "set public") < 0 ? -ENOMEM : r;
	return r;
}

static int propose_peers(const struct learn *learn, struct learned *ret)
{
	struct line_words words;
	size_t n_others = 0;
	int r = words_begin(&words);

	if (r < 0)
		return r;
	for (size_t i = 0; i < learn->n_hosts && r == 0; i++) {
		n_others += learn->hosts[i].use != LEARN_PEER;
		if (learn->hosts[i].use != LEARN_PEER)
			continue;
		fprintf(words.out, " %s", learn->hosts[i].address);
		r = learned_reason(ret, "%s: %s", learn->hosts[i].address, learn->hosts[i].reason);
	}
	r = words_end(&words, ret, "set peers") < 0 ? -ENOMEM : r;
	for (size_t i = 0; i < learn->n_hosts && r == 0 && n_others > 0; i++)
		if (learn->hosts[i].use != LEARN_PEER)
			r = learned_reason(ret, "NOT proposed%s: %s: %s",
					   learn->hosts[i].use == LEARN_ASKER ? ", as a scanner does the same" : "",
					   learn->hosts[i].address, learn->hosts[i].reason);
	if (r == 0)
		r = learn_put_unseen(learn, ret);
	learned_remark(ret);
	return r;
}

static int propose_users(const struct learn *learn, struct learned *ret)
{
	const bool host = learn_has_module(learn, "host");
	struct line_words words;
	int r = words_begin(&words);

	if (r < 0)
		return r;
	for (size_t i = 0; i < learn->n_users && r == 0; i++) {
		r = learned_reason(ret, "%s: %s", learn->users[i].name, learn->users[i].reason);
		if (host)
			put_word(words.out, learn->users[i].name);
	}
	if (r == 0 && !host && learn->n_users > 0)
		r = learned_reason(ret, "Only the module host keeps the other local users away: see ejguard-host(8).");
	r = words_end(&words, ret, "set users") < 0 ? -ENOMEM : r;
	learned_remark(ret);
	return r;
}

/* A peer came to a private port of the service. */
static bool is_arrival(const struct learn *learn, const struct ejg_connection *connection)
{
	char text[EJG_PREFIX_TEXT_SIZE];

	if (!connection->in_service || connection->direction == EJG_OUTGOING ||
	    !learn_is_private(learn, connection->local_port))
		return false;
	ejg_prefix_format(&connection->remote, text);
	for (size_t i = 0; i < learn->n_hosts; i++)
		if (learn->hosts[i].use == LEARN_PEER && strcmp(learn->hosts[i].address, text) == 0)
			return true;
	return false;
}

/* The first one at its address of this host. */
static bool is_first_arrival(const struct learn *learn, size_t index)
{
	const struct ejg_connection *connection = ejg_connection_get(learn->survey, index), *before;

	if (!is_arrival(learn, connection))
		return false;
	for (size_t i = 0; i < index; i++) {
		before = ejg_connection_get(learn->survey, i);
		if (learn_is_same(&before->local, &connection->local) && is_arrival(learn, before))
			return false;
	}
	return true;
}

/* The address with which this host answers another one; nothing is sent. */
static bool answers_from(const char *remote, char text[static INET6_ADDRSTRLEN])
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_DGRAM }, *found = NULL;
	struct sockaddr_storage own = {};
	socklen_t size = sizeof(own);
	cleanup_fd int fd = -1;
	bool known;

	if (getaddrinfo(remote, "4369", &hints, &found) != 0)
		return false;
	fd = socket(found->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	known = fd >= 0 && connect(fd, found->ai_addr, found->ai_addrlen) == 0 &&
		getsockname(fd, (struct sockaddr *)&own, &size) == 0 &&
		getnameinfo((struct sockaddr *)&own, size, text, INET6_ADDRSTRLEN, NULL, 0, NI_NUMERICHOST) == 0;
	freeaddrinfo(found);
	return known;
}

/* True if this host answers an earlier peer from the same address. */
static bool is_told(const struct learn *learn, size_t index, const char *own)
{
	char other[INET6_ADDRSTRLEN];

	for (size_t i = 0; i < index; i++)
		if (learn->hosts[i].use == LEARN_PEER && answers_from(learn->hosts[i].address, other) &&
		    strcmp(own, other) == 0)
			return true;
	return false;
}

/* To which address the peers come was not seen: records do not have it. */
static int put_answers(const struct learn *learn, FILE *out, struct learned *ret)
{
	char own[INET6_ADDRSTRLEN];
	int r = 0;

	for (size_t i = 0; i < learn->n_hosts && r == 0; i++) {
		const struct learn_host *host = &learn->hosts[i];

		if (host->use != LEARN_PEER || !answers_from(host->address, own) || is_told(learn, i, own))
			continue;
		fprintf(out, ",%s", own);
		r = learned_reason(ret, "listen=%s: this host answers %s from there; the local address is not known",
				   own, host->address);
	}
	return r;
}

static int propose_net(const struct learn *learn, struct learned *ret)
{
	cleanup_free char *listen = NULL;
	size_t size, n_peers = 0, n = 0;
	FILE *out = open_memstream(&listen, &size);
	int r = 0;

	if (!out)
		return -ENOMEM;
	for (size_t i = 0; i < learn->n_hosts; i++)
		n_peers += learn->hosts[i].use == LEARN_PEER;
	for (size_t i = 0; i < learn->survey->n_connections && r == 0; i++) {
		const struct ejg_connection *connection = ejg_connection_get(learn->survey, i);
		char local[EJG_PREFIX_TEXT_SIZE], remote[EJG_PREFIX_TEXT_SIZE];

		if (!is_first_arrival(learn, i))
			continue;
		fprintf(out, ",%s", ejg_prefix_format(&connection->local, local));
		n++;
		r = learned_reason(ret, "listen=%s: %s came to its port %u", local,
				   ejg_prefix_format(&connection->remote, remote), connection->local_port);
	}
	if (r == 0 && n_peers > 0 && n == 0)
		r = put_answers(learn, out, ret);
	if (fclose(out) != 0 || r < 0)
		return -ENOMEM;
	r = learned_reason(ret, "strict=yes: every port that is not public is private");
	if (r == 0)
		r = learned_line(ret, "required net strict=yes%s%s", n_peers > 0 ? " listen=127.0.0.1,::1" : "",
				 listen);
	return r;
}

/* As in the shipped stacks. Options of the stack in use are not read. */
static int propose_modules(const struct learn *learn, struct learned *ret)
{
	static const struct {
		const char *name;
		const char *line;
	} lines[] = {
		{ "host", "required host strict=yes" },
		{ "cookie", "required cookie create=yes repair=yes" },
		{ "files", "required files repair=yes" },
		{ "leaks", "optional leaks" },
		{ "node", "optional node" },
		{ "config", "optional config" },
		{ "seccomp", "required seccomp" },
	};
	int r = 0;

	/* net is proposed before. */
	if (learn->n_modules > learn_has_module(learn, "net"))
		r = learned_reason(ret,
				   "The other modules of the stack in use, with the options of the shipped stacks%s.",
				   learn_has_module(learn, "host") ? "; host refuses, without mode=permissive" : "");
	learned_remark(ret);
	for (size_t i = 0; r == 0 && i < learn->n_modules; i++) {
		const struct ejg_module *module = learn->modules[i];
		size_t j = 0;

		while (j < ARRAY_SIZE(lines) && strcmp(lines[j].name, module->name) != 0)
			j++;
		if (j < ARRAY_SIZE(lines)) {
			r = learned_line(ret, "%s", lines[j].line);
		} else if (strcmp(module->name, "net") != 0) {
			r = learned_reason(ret, "Its module %s is left out: add its line.", module->name);
			learned_remark(ret);
		}
	}
	return r;
}

int learn_propose(struct learn *learn, struct learned *ret)
{
	static int (*const parts[])(const struct learn *learn, struct learned *ret) = {
		propose_cgroups, propose_kind,	propose_dist, propose_public,
		propose_peers,	 propose_users, propose_net,  propose_modules,
	};
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(parts) && r == 0; i++)
		r = parts[i](learn, ret);
	return r < 0 ? report_fail(learn->report, -ENOMEM, "out of memory") : 0;
}
