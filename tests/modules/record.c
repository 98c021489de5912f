/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The recording module: writes each operation that is called to a log, and returns the results in its options. It
 * guards nothing; it shows the tests how the host runs a stack. A stack can name a module only once: there are two of
 * it.
 */
#include <ejguard/module.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct config {
	const char *log;
	struct ejg_word_list id;
	unsigned int prepare;
	unsigned int apply;
	unsigned int check;
	unsigned int confine;
	unsigned int status;
	unsigned int release;
	unsigned int answer;
	unsigned int prove;
	unsigned int doctor;
};

struct state {
	unsigned int n_calls; /* zero when an instance is new */
	int event_fd;
};

enum result {
	RESULT_OK,
	RESULT_NOT_APPLICABLE,
	RESULT_NOT_HELD,
	RESULT_SILENT,
	RESULT_INVALID,
	RESULT_UNSUPPORTED,
	RESULT_NO_PRIVILEGE,
	RESULT_BROKEN,
	RESULT_NUMBER,
	RESULT_UNDECLARED,
};

static const char *const results[] = { "ok",	      "not-applicable", "not-held", "silent", "invalid",
				       "unsupported", "no-privilege",	"broken",   "number", "undeclared",
				       NULL };
static const char *const answers[] = { "none", "yes", "no", NULL };

/* Appends "ID OPERATION" to the log; the tests read the order from it. */
static void record(struct ejg_call *call, const char *operation)
{
	const struct config *config = ejg_call_config(call);
	struct state *state = ejg_call_state(call);
	char line[128];
	int fd, n;

	state->n_calls++;
	ejg_call_log(call, EJG_LOG_INFO, "%s is called", operation);
	if (!config->log)
		return;
	fd = open(config->log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
	n = snprintf(line, sizeof(line), "%s %s%s\n", config->id.n > 0 ? config->id.items[0] : "record", operation,
		     ejg_call_mode(call) == EJG_PERMISSIVE ? " permissive" : "");
	if (fd < 0 || write(fd, line, (size_t)n) != n)
		ejg_call_log(call, EJG_LOG_ERROR, "cannot write the log");
	if (fd >= 0)
		close(fd);
}

static int answer_as(struct ejg_call *call, const char *operation, unsigned int result)
{
	record(call, operation);
	switch (result) {
	case RESULT_OK:
		return 0;
	case RESULT_NOT_APPLICABLE:
		return EJG_NOT_APPLICABLE;
	case RESULT_NOT_HELD:
		ejg_call_finding(call, "not-held", operation, "told to say so");
		return EJG_NOT_HELD;
	case RESULT_SILENT:
		return -EIO;
	case RESULT_INVALID:
		return ejg_call_error(call, -EBADMSG, "tell it otherwise", "told to find %s invalid", operation);
	case RESULT_UNSUPPORTED:
		return ejg_call_error(call, -EOPNOTSUPP, NULL, "told to lack something for %s", operation);
	case RESULT_NO_PRIVILEGE:
		return ejg_call_error(call, -EPERM, NULL, "told to lack a privilege for %s", operation);
	case RESULT_BROKEN:
		return ejg_call_error(call, -EPIPE, NULL, "told to break in %s", operation);
	case RESULT_NUMBER:
		return 77;
	default:
		ejg_call_finding(call, "undeclared", NULL, "told to say what is not declared");
		return 0;
	}
}

static int check(struct ejg_call *call)
{
	return answer_as(call, "check", ((const struct config *)ejg_call_config(call))->check);
}

static int prepare(struct ejg_call *call)
{
	return answer_as(call, "prepare", ((const struct config *)ejg_call_config(call))->prepare);
}

static int apply(struct ejg_call *call)
{
	return answer_as(call, "apply", ((const struct config *)ejg_call_config(call))->apply);
}

static int confine(struct ejg_call *call)
{
	return answer_as(call, "confine", ((const struct config *)ejg_call_config(call))->confine);
}

static int status(struct ejg_call *call)
{
	const struct ejg_label labels[] = { { "kind", "test" } };
	const struct state *state = ejg_call_state(call);

	ejg_call_metric(call, "calls", labels, 1, state->n_calls);
	return answer_as(call, "status", ((const struct config *)ejg_call_config(call))->status);
}

static int release(struct ejg_call *call, enum ejg_release_scope scope)
{
	return answer_as(call, scope == EJG_RELEASE_RUN ? "release-run" : "release-all",
			 ((const struct config *)ejg_call_config(call))->release);
}

static int explain(struct ejg_call *call, const struct ejg_question *question)
{
	const struct config *config = ejg_call_config(call);

	record(call, "explain");
	if (config->answer > 0)
		ejg_call_answer(call, config->answer == 1, "/etc/rules", 7, "port %u", question->port);
	return 0;
}

static int watch(struct ejg_call *call, int *ret_fd)
{
	struct state *state = ejg_call_state(call);
	int fd = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);

	record(call, "watch");
	if (fd < 0)
		return -errno;
	*ret_fd = state->event_fd = fd;
	return 0;
}

static int watch_next(struct ejg_call *call)
{
	struct state *state = ejg_call_state(call);
	const struct ejg_label labels[] = { { "from", "203.0.113.9" } };
	uint64_t n;

	record(call, "watch_next");
	if (read(state->event_fd, &n, sizeof(n)) == sizeof(n))
		ejg_call_event(call, 5, labels, 1, "an event");
	return 0;
}

#ifdef RECORD_PROOF
static int prove(struct ejg_call *call)
{
	return answer_as(call, "prove", ((const struct config *)ejg_call_config(call))->prove);
}

static int doctor(struct ejg_call *call)
{
	const struct config *config = ejg_call_config(call);

	record(call, "doctor");
	if (config->doctor == RESULT_NOT_HELD)
		ejg_call_finding(call, "not-held", "doctor", "told to say so");
	return 0;
}
#endif

static void finish(struct ejg_call *call)
{
	struct state *state = ejg_call_state(call);

	record(call, "finish");
	if (state->event_fd > 0)
		close(state->event_fd);
}

#ifdef RECORD_SURVEYS
#define FLAGS EJG_MODULE_SURVEYS
#define CHECK_FALLBACK "not-held"
#else
#define FLAGS 0
#define CHECK_FALLBACK "ok"
#endif

#define RESULT_OR(member, otherwise)                                                                                   \
	{                                                                                                              \
		.name = #member, .type = EJG_OPTION_ENUM, .offset = offsetof(struct config, member),                   \
		.choices = results, .fallback = otherwise, .help = "what " #member " answers"                          \
	}

#define RESULT(member) RESULT_OR(member, "ok")

static const struct ejg_option options[] = {
	{ .name = "log", .type = EJG_OPTION_PATH, .offset = offsetof(struct config, log), .help = "file to write to" },
	{ .name = "id", .type = EJG_OPTION_WORDS, .offset = offsetof(struct config, id), .help = "how to call itself" },
	RESULT(prepare),
	RESULT(apply),
	RESULT_OR(check, CHECK_FALLBACK),
	RESULT(confine),
	RESULT(status),
	RESULT(release),
	RESULT(prove),
	RESULT(doctor),
	{
		.name = "answer",
		.type = EJG_OPTION_ENUM,
		.offset = offsetof(struct config, answer),
		.choices = answers,
		.fallback = "none",
		.help = "what explain answers",
	},
};

static const struct ejg_finding_info findings[] = {
	{ "not-held", EJG_FAILURE, "the options said so", "change the options" },
};

static const struct ejg_metric_info metrics[] = {
	{ "calls", 1, "calls of this instance" },
};

EJG_MODULE_EXPORT const struct ejg_module ejguard_module = {
	EJG_MODULE_HEADER,
	.name = RECORD_NAME,
	.summary = "writes down what is called, for tests",
	.flags = FLAGS,
	.options = options,
	.n_options = sizeof(options) / sizeof(options[0]),
	.findings = findings,
	.n_findings = sizeof(findings) / sizeof(findings[0]),
	.metrics = metrics,
	.n_metrics = sizeof(metrics) / sizeof(metrics[0]),
	.config_size = sizeof(struct config),
	.state_size = sizeof(struct state),
	.check = check,
	.prepare = prepare,
	.apply = apply,
	.confine = confine,
	.status = status,
	.release = release,
	.explain = explain,
	.watch = watch,
	.watch_next = watch_next,
	.finish = finish,
#ifdef RECORD_PROOF
	.prove = prove,
	.doctor = doctor,
#endif
};
