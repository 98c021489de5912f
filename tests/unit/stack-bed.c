/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/stack-bed.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

char calls[2048];

static void record(struct ejg_call *call, const char *operation)
{
	const struct script *script = ejg_call_config(call);
	unsigned int *state = ejg_call_state(call);
	size_t n = strlen(calls);

	snprintf(calls + n, sizeof(calls) - n, "%s%c.%s", n > 0 ? " " : "", script->id, operation);
	++*state;
}

static int answer(struct ejg_call *call, const char *operation, int result)
{
	const struct script *script = ejg_call_config(call);

	record(call, operation);
	if (script->unsaid)
		return result;
	if (result == EJG_NOT_HELD) {
		assert_int_equal(ejg_call_finding(call, "fine", NULL, "but for %s", operation), EJG_OK);
		assert_int_equal(ejg_call_finding(call, "bad", "subject", "told so in %s", operation), EJG_FAILURE);
	}
	return result < 0 ? ejg_call_error(call, result, "remedy", "told to fail in %s", operation) : result;
}

static const struct script *script_of(struct ejg_call *call)
{
	return ejg_call_config(call);
}

int bed_check(struct ejg_call *call)
{
	if (script_of(call)->contrary)
		ejg_call_finding(call, "bad", NULL, "not at all");
	return answer(call, "check", script_of(call)->check);
}

static int prepare(struct ejg_call *call)
{
	return answer(call, "prepare", script_of(call)->prepare);
}

static int apply(struct ejg_call *call)
{
	if (script_of(call)->cancel)
		ejg_cancel(call->handle);
	if (script_of(call)->lax && ejg_call_failed(call))
		return answer(call, "apply", EJG_NOT_APPLICABLE);
	return answer(call, "apply", script_of(call)->apply);
}

int bed_confine(struct ejg_call *call)
{
	return answer(call, "confine", script_of(call)->confine);
}

static int status(struct ejg_call *call)
{
	ejg_call_metric(call, "calls", NULL, 0, *(unsigned int *)ejg_call_state(call));
	return answer(call, "status", script_of(call)->status);
}

static int release(struct ejg_call *call, enum ejg_release_scope scope)
{
	return answer(call, scope == EJG_RELEASE_RUN ? "undo" : "release", script_of(call)->release);
}

static int explain(struct ejg_call *call, const struct ejg_question *question)
{
	record(call, "explain");
	if (script_of(call)->explain < 0)
		return -EIO;
	if (script_of(call)->explain > 0)
		ejg_call_answer(call, script_of(call)->explain == 1, NULL, 0, "rule of %c", script_of(call)->id);
	return 0;
}

int bed_prove(struct ejg_call *call)
{
	return answer(call, "prove", script_of(call)->prove);
}

int bed_doctor(struct ejg_call *call)
{
	if (script_of(call)->contrary)
		ejg_call_finding(call, "bad", NULL, "in the way");
	return answer(call, "doctor", script_of(call)->doctor);
}

static void finish(struct ejg_call *call)
{
	record(call, "finish");
}

static const struct ejg_finding_info findings[] = {
	{ "bad", EJG_FAILURE, "bad", "mend it" },
	{ "fine", EJG_OK, "fine", NULL },
};
static const struct ejg_metric_info metrics[] = { { "calls", 1, "calls" } };

static const struct ejg_module full = {
	.name = "recorder",
	.findings = findings,
	.n_findings = 2,
	.metrics = metrics,
	.n_metrics = 1,
	.state_size = sizeof(unsigned int),
	.check = bed_check,
	.prepare = prepare,
	.apply = apply,
	.confine = bed_confine,
	.status = status,
	.release = release,
	.explain = explain,
	.finish = finish,
};

void bed_make(struct bed *bed, struct scratch *scratch)
{
	*bed = (struct bed){ 0 };
	bed->handle.service = "test";
	bed->handle.root = "";
	bed->handle.rundir = arena_printf(scratch->arena, "%s/run", scratch->folder);
	bed->handle.report = scratch->report;
	bed->handle.instances = bed->instances;
	bed->handle.n_instances = N;
	for (int i = 0; i < N; i++) {
		bed->modules[i] = full;
		bed->lines[i].module.position = (struct position){ "/stack", (uint32_t)i + 1, 1 };
		bed->scripts[i].id = (char)('a' + i);
		bed->instances[i] = (struct instance){
			.module = &bed->modules[i],
			.line = &bed->lines[i],
			.config = &bed->scripts[i],
			.state = &bed->states[i],
		};
	}
}

int bed_run(struct bed *bed, int (*verb)(struct ejg *handle))
{
	report_clear(bed->handle.report);
	atomic_store(&bed->handle.cancelled, false);
	calls[0] = '\0';
	for (int i = 0; i < N; i++)
		bed->instances[i].selected = true;
	return verb(&bed->handle);
}

void assert_calls(const char *wanted)
{
	assert_string_equal(calls, wanted);
}

int count(char id, const char *operation)
{
	char call[32];
	int n = 0;

	snprintf(call, sizeof(call), "%c.%s", id, operation);
	for (const char *at = calls; (at = strstr(at, call)); at += strlen(call))
		n++;
	return n;
}

long where(char id, const char *operation)
{
	const char *last = NULL;
	char call[32];

	snprintf(call, sizeof(call), "%c.%s", id, operation);
	for (const char *at = calls; (at = strstr(at, call)); at++)
		last = at;
	return last ? last - calls : -1;
}
