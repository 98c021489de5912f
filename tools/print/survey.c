/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The results of discover, as text. All of it comes from foreign files and processes. */
#include <errno.h>
#include <string.h>

#include "libejguard/util/address.h"
#include "libejguard/util/cleanup.h"
#include "tools/base/text.h"
#include "tools/base/user-name.h"
#include "tools/print/compared.h"
#include "tools/print/print.h"
#include "tools/print/words.h"

enum { MAX_CONFIGURED = 44, MAX_REAL = 240, MAX_USER = 14, MAX_UNIT = 30, MAX_NODE = 120 };

/* Problems of a process, or "". */
static char *process_notes(const struct ejg_process *process)
{
	char *text;

	if (asprintf(&text, "%s%s%s", process->other_network ? "in another network namespace" : "",
		     process->other_network && process->cookie_argument ? "; " : "",
		     process->cookie_argument ? "its command line contains a cookie, which every user can read" : "") <
	    0)
		return NULL;
	return text;
}

static char *user_text(const char *root, uid_t uid)
{
	cleanup_free char *user = user_name(root, uid);

	return user ? text_cut(user, MAX_USER) : NULL;
}

static const char *or_dash(const char *text)
{
	return text && *text ? text : "-";
}

static int print_comparisons(const struct ejg_facts *facts, const struct ejg_survey *survey, FILE *out)
{
	static const char *const headings[] = { "", "CONFIGURED", "REAL" };
	cleanup_compared struct compared_list comparisons = {};
	struct table *table;
	int r = 0;

	if (compared_make(facts, survey, &comparisons) < 0)
		return -ENOMEM;
	table = table_new(out, headings, ARRAY_SIZE(headings), TABLE_NO_NUMBER);
	for (size_t i = 0; i < N_COMPARED && r == 0; i++) {
		const struct compared *row = &comparisons.rows[i];
		cleanup_free char *configured = text_cut(row->configured, MAX_CONFIGURED);
		cleanup_free char *real = text_cut(row->real, MAX_REAL);

		if (configured && real)
			table_row(table, (const char *[]){ row->name, configured, real }, NULL);
		else
			r = -ENOMEM;
	}
	return table_print(table, "\nConfigured and real:") < 0 ? -ENOMEM : r;
}

static int add_process(struct table *table, const char *root, const struct ejg_process *process)
{
	cleanup_free char *user = user_text(root, process->uid), *notes = process_notes(process);
	cleanup_free char *unit = text_cut(or_dash(process->unit ? process->unit : process->cgroup), MAX_UNIT);
	cleanup_free char *node = text_cut(or_dash(process->node ? process->node : process->exe), MAX_NODE);
	char pid[16];

	if (!user || !notes || !unit || !node)
		return -ENOMEM;
	snprintf(pid, sizeof(pid), "%d", process->pid);
	table_row(table,
		  (const char *[]){ pid, user, words_role(process->role), process->in_service ? "yes" : "NO", unit,
				    node },
		  *notes ? notes : NULL);
	return 0;
}

static int print_processes(const char *root, const struct ejg_survey *survey, FILE *out)
{
	static const char *const headings[] = { "PID", "USER", "ROLE", "INSIDE", "UNIT", "NODE" };
	struct table *table = table_new(out, headings, ARRAY_SIZE(headings), 0);
	int r = 0;

	for (size_t i = 0; i < survey->n_processes && r == 0; i++)
		r = add_process(table, root, ejg_process_get(survey, i));
	return table_print(table, "\nProcesses (inside: in the service's cgroups, which the guard covers):") < 0
		       ? -ENOMEM
		       : r;
}

/* True for a listener of the service, or at a port where the service's is expected. */
static bool concerns(const struct report *report, const struct ejg_listener *listener)
{
	const struct ejg_facts *facts = ejg_facts_get(report->handle);

	return listener->in_service || listener->port == facts->epmd_port ||
	       port_in_ranges(facts->dist, facts->n_dist, listener->port) ||
	       port_in_ranges(facts->public_ports, facts->n_public_ports, listener->port) ||
	       survey_process(ejg_survey_get(report->handle), listener->pid);
}

static int add_listener(struct table *table, const struct report *report, const struct ejg_listener *listener)
{
	const struct ejg_process *process = survey_process(ejg_survey_get(report->handle), listener->pid);
	cleanup_free char *user = user_text(ejg_facts_get(report->handle)->root, listener->uid);
	cleanup_free char *endpoint = words_endpoint(listener), *who = NULL;
	cleanup_free char *unit = text_cut(or_dash(listener->unit), MAX_UNIT), *process_text = NULL;
	int n;

	if (listener->pid == 0)
		n = asprintf(&who, "not seen");
	else if (process)
		n = asprintf(&who, "%d, %s%s%s", listener->pid, words_role(process->role), process->node ? " " : "",
			     process->node ? process->node : "");
	else
		n = asprintf(&who, "%d", listener->pid);
	if (n < 0)
		who = NULL;
	process_text = who ? text_cut(who, MAX_NODE) : NULL;
	if (!endpoint || !user || !unit || !process_text)
		return -ENOMEM;
	table_row(table, (const char *[]){ endpoint, user, listener->in_service ? "yes" : "NO", unit, process_text },
		  NULL);
	return 0;
}

static int print_listeners(const struct report *report, FILE *out)
{
	static const char *const headings[] = { "LISTENER", "USER", "INSIDE", "UNIT", "PROCESS" };
	const struct ejg_survey *survey = ejg_survey_get(report->handle);
	struct table *table = table_new(out, headings, ARRAY_SIZE(headings), TABLE_NO_NUMBER);
	size_t n_others = 0;
	int r = 0;

	for (size_t i = 0; i < survey->n_listeners && r == 0; i++) {
		if (report->verbose || concerns(report, ejg_listener_get(survey, i)))
			r = add_listener(table, report, ejg_listener_get(survey, i));
		else
			n_others++;
	}
	if (table_print(table, "\nListeners:") < 0)
		return -ENOMEM;
	if (n_others > 0)
		fprintf(out, "%s%zu of other services are left out; -v shows them.\n",
			n_others < survey->n_listeners ? "" : "\nListeners: none of the service. ", n_others);
	return r;
}

static char *listener_of(const struct ejg_survey *survey, uint16_t port)
{
	for (size_t i = 0; i < survey->n_listeners; i++)
		if (ejg_listener_get(survey, i)->port == port && ejg_listener_get(survey, i)->pid > 0) {
			char *text;

			return asprintf(&text, "%d", ejg_listener_get(survey, i)->pid) < 0 ? NULL : text;
		}
	return strdup("none seen");
}

static int print_epmd(const struct ejg_survey *survey, FILE *out)
{
	static const char *const headings[] = { "NAME", "PORT", "LISTENING PROCESS" };
	struct paragraph paragraph = { .out = out, .width = text_width(out), .indent = 2 };
	struct table *table;
	char port[8];

	if (!survey->epmd_answered || survey->n_epmd_names == 0) {
		fputc('\n', out);
		paragraph_add(&paragraph, survey->epmd_answered ? "Names in epmd: none" : "Names in epmd: no answer");
		if (survey->epmd_note) {
			paragraph_add(&paragraph, ": ");
			paragraph_add(&paragraph, survey->epmd_note);
		}
		paragraph_end(&paragraph);
		return 0;
	}
	table = table_new(out, headings, ARRAY_SIZE(headings), 1);
	for (size_t i = 0; i < survey->n_epmd_names; i++) {
		cleanup_free char *listener = listener_of(survey, ejg_epmd_name_get(survey, i)->port);

		if (!listener) {
			table_print(table, NULL);
			return -ENOMEM;
		}
		snprintf(port, sizeof(port), "%u", ejg_epmd_name_get(survey, i)->port);
		table_row(table, (const char *[]){ ejg_epmd_name_get(survey, i)->name, port, listener }, NULL);
	}
	return table_print(table, "\nNames in epmd:");
}

int print_survey(const struct report *report, FILE *out)
{
	const struct ejg_survey *survey = ejg_survey_get(report->handle);
	const struct ejg_facts *facts = ejg_facts_get(report->handle);
	int r = 0;

	if (facts)
		r = print_facts(facts, out);
	if (!survey || !facts || r < 0)
		return r;
	r = print_settings(survey, out);
	if (r == 0)
		r = print_comparisons(facts, survey, out);
	if (r == 0)
		r = print_processes(facts->root, survey, out);
	if (r == 0)
		r = print_listeners(report, out);
	if (r == 0)
		r = print_epmd(survey, out);
	if (r == 0)
		fputc('\n', out);
	return r;
}
