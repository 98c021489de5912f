/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A module that does nothing but what its options tell it: for tests of the tool. Built under several names
 * (FIXTURE_NAME).
 */
#include <ejguard/module.h>
#include <errno.h>

static const char *const answers[] = { "held", "not-applicable", "not-held", "error", NULL };
static const char *const colours[] = { "red", "green", NULL };

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
	bool strange;
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
	{ .name = "strange",
	  .type = EJG_OPTION_BOOL,
	  .offset = offsetof(struct config, strange),
	  .fallback = "no",
	  .help = "messages hold bytes that must not reach a screen, and are long" },
};

static const struct ejg_finding_info findings[] = {
	{ "fine", EJG_OK, "the thing is as it should be", NULL },
	{ "advice", EJG_WARNING, "the thing could be better", "make it better" },
	{ "broken", EJG_FAILURE, "the thing is broken", "repair the thing" },
};

static const struct ejg_metric_info metrics[] = {
	{ "attempts", 1, "attempts so far" },
};

static int check(struct ejg_call *call)
{
	const struct config *config = ejg_call_config(call);
	uint32_t line;
	struct ejg_place place = { .file = ejg_call_where(call, &line), .line = 3, .column = 9 };

	if (config->strange)
		ejg_call_finding(call, "advice", "a\033[31mb\r\nc\xff",
				 "%0300d \xe2\x80\xae and a sentence that is long enough to be wrapped at its blanks",
				 0);
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

static int status(struct ejg_call *call)
{
	const struct ejg_label label = { "where", "thing-1" };

	ejg_call_finding(call, "fine", "thing-1", "it is guarded");
	ejg_call_metric(call, "attempts", &label, 1, 42);
	return 0;
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
	.check = check,
	.apply = apply,
	.status = status,
	.release = release,
};
