/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The results of discover, as JSON. */
#include <jansson.h>

#include "libejguard/util/cleanup.h"
#include "tools/print/compared.h"
#include "tools/print/json.h"
#include "tools/print/words.h"

static json_t *json_setting(const struct ejg_setting *setting)
{
	return json_pack("{s:o, s:s, s:o, s:o, s:o}", "name", json_text(setting->name), "state",
			 words_setting_state(setting->state), "value", json_nullable(setting->value), "note",
			 json_nullable(setting->note), "origin", json_origin(&setting->origin));
}

static json_t *json_settings(const struct ejg_survey *survey)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < survey->n_settings; i++)
		array = json_append(array, json_setting(ejg_setting_get(survey, i)));
	return array;
}

static json_t *json_process(const char *root, const struct ejg_process *process)
{
	return json_pack("{s:i, s:o, s:s, s:s, s:o, s:o, s:o, s:b, s:b, s:o, s:b, s:o, s:o, s:b}", "pid",
			 (int)process->pid, "user", json_user(root, process->uid), "role", words_role(process->role),
			 "relation", words_relation(process->relation), "exe", json_nullable(process->exe), "cgroup",
			 json_nullable(process->cgroup), "unit", json_nullable(process->unit), "in-service",
			 (int)process->in_service, "other-network", (int)process->other_network, "arguments",
			 json_words(process->arguments, process->n_arguments), "cookie-argument",
			 (int)process->cookie_argument, "environment",
			 process->environment ? json_words(process->environment, process->n_environment) : json_null(),
			 "node", json_nullable(process->node), "long-name", (int)process->long_name);
}

static json_t *json_processes(const char *root, const struct ejg_survey *survey)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < survey->n_processes; i++)
		array = json_append(array, json_process(root, ejg_process_get(survey, i)));
	return array;
}

static json_t *json_listener(const char *root, const struct ejg_listener *listener)
{
	char address[EJG_PREFIX_TEXT_SIZE];

	return json_pack("{s:s, s:i, s:o, s:o, s:b, s:o}", "address", ejg_prefix_format(&listener->address, address),
			 "port", (int)listener->port, "user", json_user(root, listener->uid), "unit",
			 json_nullable(listener->unit), "in-service", (int)listener->in_service, "pid",
			 listener->pid > 0 ? json_integer(listener->pid) : json_null());
}

static json_t *json_listeners(const char *root, const struct ejg_survey *survey)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < survey->n_listeners; i++)
		array = json_append(array, json_listener(root, ejg_listener_get(survey, i)));
	return array;
}

static json_t *json_epmd(const struct ejg_survey *survey)
{
	json_t *names = json_array();

	for (size_t i = 0; names && i < survey->n_epmd_names; i++)
		names = json_append(names,
				    json_pack("{s:o, s:i}", "name", json_text(ejg_epmd_name_get(survey, i)->name),
					      "port", (int)ejg_epmd_name_get(survey, i)->port));
	return json_pack("{s:b, s:o, s:o}", "answered", (int)survey->epmd_answered, "note",
			 json_nullable(survey->epmd_note), "names", names);
}

static json_t *json_survey(const char *root, const struct ejg_survey *survey)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o}", "settings", json_settings(survey), "processes",
			 json_processes(root, survey), "listeners", json_listeners(root, survey), "epmd",
			 json_epmd(survey), "unseen", json_words(survey->unseen, survey->n_unseen));
}

static json_t *json_comparisons(const struct ejg_facts *facts, const struct ejg_survey *survey)
{
	cleanup_compared struct compared_list comparisons = {};
	json_t *array;

	if (compared_make(facts, survey, &comparisons) < 0)
		return NULL;
	array = json_array();
	for (size_t i = 0; array && i < N_COMPARED; i++)
		array = json_append(array, json_pack("{s:s, s:o, s:o}", "name", comparisons.rows[i].name, "configured",
						     json_text(comparisons.rows[i].configured), "real",
						     json_text(comparisons.rows[i].real)));
	return array;
}

int json_add_survey(const struct report *report, json_t *object)
{
	const struct ejg_survey *survey = ejg_survey_get(report->handle);
	const struct ejg_facts *facts = ejg_facts_get(report->handle);

	if (!survey || !facts)
		return 0;
	if (json_object_set_new(object, "facts", json_facts(facts)) < 0 ||
	    json_object_set_new(object, "survey", json_survey(facts->root, survey)) < 0)
		return -1;
	return json_object_set_new(object, "compared", json_comparisons(facts, survey));
}
