/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A module that does only what its options say: for tests of the tool. Built under several names
 * (FIXTURE_NAME); as `advice` it guards nothing.
 */
#include <ejguard/module.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "libejguard/util/change-list.h"

static const char *const answers[] = { "held", "not-applicable", "not-held", "error", "unprivileged", NULL };
static const char *const colours[] = { "red", "green", NULL };
static const char *const opinions[] = { "none", "allowed", "refused", NULL };

struct config {
	unsigned int answer;
	unsigned int colour;
	uint64_t count;
	uint64_t size;
	uint64_t time;
	uint16_t port;
	struct ejg_port_range ports;
	const char *path;
	struct ejg_prefix_list addresses;
	struct ejg_word_list words;
	bool flag;
	bool advice;
	uint64_t many;
	bool various;
	uint64_t broken;
	bool unseen;
	bool unapplied;
	bool progress;
	bool changes;
	bool strange;
	bool refuses;
	unsigned int opinion;
	unsigned int proof;
	bool ill;
	uint64_t events;
	bool ended;
};

struct state {
	int fd;
	uint64_t n_events;
};

static const struct ejg_option options[] = {
	{ .name = "answer",
	  .type = EJG_OPTION_ENUM,
	  .offset = offsetof(struct config, answer),
	  .choices = answers,
	  .fallback = "held",
	  .help = "what check answers" },
	{ .name = "colour",
	  .type = EJG_OPTION_ENUM,
	  .offset = offsetof(struct config, colour),
	  .choices = colours,
	  .fallback = "red",
	  .help = "of nothing" },
	{ .name = "count",
	  .type = EJG_OPTION_UNSIGNED,
	  .offset = offsetof(struct config, count),
	  .min = 1,
	  .max = 4096,
	  .fallback = "7",
	  .help = "how many" },
	{ .name = "size", .type = EJG_OPTION_SIZE, .offset = offsetof(struct config, size), .help = "how large" },
	{ .name = "time",
	  .type = EJG_OPTION_DURATION,
	  .offset = offsetof(struct config, time),
	  .max = 60000,
	  .help = "how long" },
	{ .name = "port", .type = EJG_OPTION_PORT, .offset = offsetof(struct config, port), .help = "which port" },
	{ .name = "ports",
	  .type = EJG_OPTION_PORT_RANGE,
	  .offset = offsetof(struct config, ports),
	  .help = "which ports" },
	{ .name = "path", .type = EJG_OPTION_PATH, .offset = offsetof(struct config, path), .help = "which file" },
	{ .name = "addresses",
	  .type = EJG_OPTION_ADDRESSES,
	  .flags = EJG_OPTION_REPEATABLE,
	  .offset = offsetof(struct config, addresses),
	  .help = "which hosts" },
	{ .name = "words", .type = EJG_OPTION_WORDS, .offset = offsetof(struct config, words), .help = "which words" },
	{ .name = "flag", .type = EJG_OPTION_BOOL, .offset = offsetof(struct config, flag), .help = "whether" },
	{ .name = "advice",
	  .type = EJG_OPTION_BOOL,
	  .offset = offsetof(struct config, advice),
	  .fallback = "no",
	  .help = "check gives advice" },
	{ .name = "many",
	  .type = EJG_OPTION_UNSIGNED,
	  .offset = offsetof(struct config, many),
	  .max = 1000000,
	  .fallback = "0",
	  .help = "check gives advice so often" },
	{ .name = "broken",
	  .type = EJG_OPTION_UNSIGNED,
	  .offset = offsetof(struct config, broken),
	  .max = 1000000,
	  .fallback = "0",
	  .help = "check finds so many failures" },
	{ .name = "various",
	  .type = EJG_OPTION_BOOL,
	  .offset = offsetof(struct config, various),
	  .fallback = "no",
	  .help = "each advice of many has a remedy of its own" },
	{ .name = "unseen",
	  .type = EJG_OPTION_BOOL,
	  .offset = offsetof(struct config, unseen),
	  .fallback = "no",
	  .help = "check may not see something" },
	{ .name = "unapplied",
	  .type = EJG_OPTION_BOOL,
	  .offset = offsetof(struct config, unapplied),
	  .fallback = "no",
	  .help = "check misses what apply would do" },
	{ .name = "progress",
	  .type = EJG_OPTION_BOOL,
	  .offset = offsetof(struct config, progress),
	  .fallback = "no",
	  .help = "check tells how far it is" },
	{ .name = "changes",
	  .type = EJG_OPTION_BOOL,
	  .offset = offsetof(struct config, changes),
	  .fallback = "no",
	  .help = "check of a trial tells what would change" },
	{ .name = "strange",
	  .type = EJG_OPTION_BOOL,
	  .offset = offsetof(struct config, strange),
	  .fallback = "no",
	  .help = "messages hold bytes that must not reach a screen, and are long" },
	{ .name = "refuses",
	  .type = EJG_OPTION_BOOL,
	  .offset = offsetof(struct config, refuses),
	  .fallback = "no",
	  .help = "status tells of a policy and of denials" },
	{ .name = "opinion",
	  .type = EJG_OPTION_ENUM,
	  .offset = offsetof(struct config, opinion),
	  .choices = opinions,
	  .fallback = "none",
	  .help = "what explain answers" },
	{ .name = "proof",
	  .type = EJG_OPTION_ENUM,
	  .offset = offsetof(struct config, proof),
	  .choices = answers,
	  .fallback = "held",
	  .help = "what prove answers" },
	{ .name = "ill",
	  .type = EJG_OPTION_BOOL,
	  .offset = offsetof(struct config, ill),
	  .fallback = "no",
	  .help = "doctor finds a failure" },
	{ .name = "events",
	  .type = EJG_OPTION_UNSIGNED,
	  .offset = offsetof(struct config, events),
	  .max = 100000,
	  .fallback = "2",
	  .help = "how many there are to watch" },
	{ .name = "ended",
	  .type = EJG_OPTION_BOOL,
	  .offset = offsetof(struct config, ended),
	  .fallback = "no",
	  .help = "the descriptor of watch is at its end" },
};

static const struct ejg_finding_info findings[] = {
	{ "fine", EJG_OK, "the thing is as it should be", NULL },
	{ "advice", EJG_WARNING, "the thing could be better",
	  "edit: /etc/thing:3: make it better\nrun: ejguard check" },
	{ "broken", EJG_FAILURE, "the thing is broken", "repair the thing" },
	{ "unapplied", EJG_FAILURE, "the thing is not applied", "run: ejguard apply" },
	{ "not-loaded", EJG_FAILURE, "nothing guards the service", "run: ejguard apply" },
	{ "would-load", EJG_OK, "it would work here", NULL },
	{ "many", EJG_WARNING, "there are many things", "make them fewer" },
	{ "thing-unseen", EJG_INFO, "the thing could not be seen", NULL },
	{ "unseen", EJG_INFO, "something could not be seen", NULL },
	{ "would-change", EJG_INFO, "what an apply would change", NULL },
	{ "policy", EJG_INFO, "a part of the policy in force", NULL },
	{ "denied", EJG_INFO, "one of the last denials", NULL },
	{ "notunseen", EJG_INFO, "a name that only ends like that", NULL },
};

static const struct ejg_metric_info metrics[] = {
	{ "attempts", 1, "attempts so far" },
};

static void check_many(struct ejg_call *call, const struct config *config)
{
	char subject[32], remedy[32];
	const struct ejg_place place = { .remedy = config->various ? remedy : NULL };

	for (uint64_t i = 0; i < config->many; i++) {
		snprintf(subject, sizeof(subject), "many-%u", (unsigned int)i);
		snprintf(remedy, sizeof(remedy), "mend many-%u", (unsigned int)i);
		ejg_call_finding_at(call, "many", subject, &place, "one of them");
	}
}

static int check(struct ejg_call *call)
{
	const struct config *config = ejg_call_config(call);
	uint32_t line;
	struct ejg_place place = { .file = ejg_call_where(call, &line), .line = 3, .column = 9 };

	if (config->strange)
		ejg_call_finding(call, "advice", "a\033[31mb\r\nc\xff",
				 "%0300d \xe2\x80\xae and a sentence that is long enough to be wrapped at its blanks",
				 0);
	check_many(call, config);
	for (uint64_t i = 0; i < config->broken; i++)
		ejg_call_finding(call, "broken", "thing-4", "it is broken in place %u", (unsigned int)i);
	if (config->progress) {
		ejg_call_log(call, EJG_LOG_INFO, "progress: half\033 of it");
		ejg_call_log(call, EJG_LOG_INFO, "by the way");
	}
	if (config->unseen) {
		ejg_call_finding(call, "thing-unseen", "thing-9", "root alone may see it");
		ejg_call_finding(call, "unseen", "thing-8", "nor this");
		ejg_call_finding(call, "notunseen", NULL, "it was seen");
	}
	if (config->changes && ejg_call_trial(call)) {
		ejg_call_finding(call, "would-change", "list", "+a:1 -b +c " CHANGE_LIST_REST " " CHANGE_LIST_REST,
				 (size_t)3, '+', (size_t)12, '-');
		ejg_call_finding_at(call, "would-change", NULL, &(struct ejg_place){ .file = "/etc/thing" },
				    "would be mended");
	}
	if (config->unapplied)
		ejg_call_finding(call, "unapplied", "thing-3", "it is not applied");
	if (config->advice)
		ejg_call_finding(call, "advice", "thing-0", "it is %s", "so so");
	if (config->answer == EJG_HELD)
		ejg_call_finding(call, "fine", "thing-1", "it works");
	if (config->answer == EJG_NOT_HELD) {
		ejg_call_finding_at(call, "broken", "thing-1", &place, "it does not work");
		ejg_call_finding(call, "broken", "thing-2", "nor does it");
	}
	if (config->answer == 3)
		return ejg_call_error(call, -EIO, "mend it", "the thing cannot be looked at");
	if (config->answer == 4)
		return ejg_call_error(call, -EPERM, "run it as root", "the thing may not be looked at");
	return (int)config->answer;
}

static int apply(struct ejg_call *call)
{
	return 0;
}

static int release(struct ejg_call *call, enum ejg_release_scope scope)
{
	return 0;
}

static void tell_policy(struct ejg_call *call)
{
	ejg_call_finding(call, "policy", "mode", "enforcing, accept=netns; made by ejguard 0.1.0");
	ejg_call_finding(call, "policy", "peers",
			 "node2.example.org (198.51.100.2 2001:db8::2) node3.example.org (no address) 203.0.113.0/24");
	ejg_call_finding(call, "policy", "public ports", "1883 5222-5223 5269 5280 5443");
	ejg_call_finding(call, "policy", "private ports", "4369 (epmd), and all others that are not public");
	ejg_call_finding(call, "policy", "listen", "loopback 198.51.100.1");
	ejg_call_finding(call, "denied", "203.0.113.0/24",
			 "from the network 203.0.113.0/24 to port 4369 (epmd): not a peer, 3 packets; first "
			 "2023-11-14 22:13:20, last 2023-11-14 22:14:20");
	ejg_call_finding(call, "denied", "198.51.100.9",
			 "connect4 198.51.100.9 port 4369 (epmd) by beam.smp[4711] as ejabberd in "
			 "/system.slice/ejabberd.service: not a peer, 1 time; at 2023-11-14 22:13:20");
}

__attribute__((unused)) static int status(struct ejg_call *call)
{
	static const struct ejg_label strange[] = { { "service", "a \"b\" \n c\\d" }, { "9-x", "" } };
	const struct ejg_label label = { "where", "thing-1" };
	const bool unapplied = ((const struct config *)ejg_call_config(call))->unapplied;

	ejg_call_finding(call, unapplied ? "would-load" : "fine", "thing-1", "it is guarded");
	if (unapplied)
		ejg_call_finding(call, "not-loaded", NULL, "nothing guards the service");
	ejg_call_metric(call, "attempts", &label, 1, 42);
	if (((const struct config *)ejg_call_config(call))->refuses)
		tell_policy(call);
	if (((const struct config *)ejg_call_config(call))->strange)
		ejg_call_metric(call, "attempts", strange, 2, UINT64_MAX);
	return 0;
}

static int explain(struct ejg_call *call, const struct ejg_question *question)
{
	const struct config *config = ejg_call_config(call);
	uint32_t line;
	const char *file = ejg_call_where(call, &line);

	if (config->opinion > 0)
		ejg_call_answer(call, config->opinion == 1, file, line, "%s port %u", question->address,
				question->port);
	return 0;
}

static int prove(struct ejg_call *call)
{
	const struct config *config = ejg_call_config(call);

	if (config->proof == EJG_HELD)
		ejg_call_finding(call, "fine", "thing-1", "an attempt was refused");
	if (config->proof == EJG_NOT_HELD)
		ejg_call_finding(call, "broken", "thing-1", "an attempt was not refused");
	if (config->proof == 3)
		return ejg_call_error(call, -EIO, "mend it", "no attempt can be made");
	return (int)config->proof;
}

static int doctor(struct ejg_call *call)
{
	const struct config *config = ejg_call_config(call);

	ejg_call_finding(call, "fine", "thing-1", "this system has things; count is %u", (unsigned int)config->count);
	if (config->ill)
		ejg_call_finding(call, "broken", "thing-2", "it stands in the way");
	if (config->answer == 4)
		return ejg_call_error(call, -EPERM, "run it as root", "the thing may not be looked at");
	return 0;
}

__attribute__((unused)) static int watch(struct ejg_call *call, int *ret_fd)
{
	const struct config *config = ejg_call_config(call);
	struct state *state = ejg_call_state(call);
	int fds[2];

	if (config->ended) {
		if (pipe2(fds, O_CLOEXEC) < 0)
			return -errno;
		close(fds[1]);
		state->fd = fds[0];
	} else {
		state->fd = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);
	}
	*ret_fd = state->fd;
	return 0;
}

__attribute__((unused)) static int watch_next(struct ejg_call *call)
{
	const struct ejg_label labels[] = { { "address", "203.0.113.9" } };
	const struct config *config = ejg_call_config(call);
	struct state *state = ejg_call_state(call);
	uint64_t n;

	if (!config->ended && state->n_events < config->events)
		ejg_call_event(call, 1700000000000000000, labels, 1, "event %u\033", (unsigned int)++state->n_events);
	else if (!config->ended && read(state->fd, &n, sizeof(n)) < 0 && errno != EAGAIN)
		return -errno;
	return 0;
}

static void finish(struct ejg_call *call)
{
	struct state *state = ejg_call_state(call);

	if (state->fd > 0)
		close(state->fd);
}

EJG_MODULE_EXPORT const struct ejg_module ejguard_module;

EJG_MODULE_EXPORT const struct ejg_module ejguard_module = {
	EJG_MODULE_HEADER,
	.name = FIXTURE_NAME,
	.summary = "A thing for the tests of the tool",
	.options = options,
	.n_options = sizeof(options) / sizeof(options[0]),
	.findings = findings,
	.n_findings = sizeof(findings) / sizeof(findings[0]),
	.metrics = metrics,
	.n_metrics = sizeof(metrics) / sizeof(metrics[0]),
	.config_size = sizeof(struct config),
	.state_size = sizeof(struct state),
	.check = check,
	.apply = apply,
#ifndef FIXTURE_NO_STATUS
	.status = status,
#endif
	.release = release,
	.explain = explain,
#ifdef FIXTURE_WATCH
	.watch = watch,
	.watch_next = watch_next,
#endif
	.finish = finish,
	.prove = prove,
	.doctor = doctor,
};
