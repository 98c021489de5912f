/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The module `config`: checks ejabberd.yml. It changes nothing. See ejguard-config(8). */
#include "libejguard/modules/config/config.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "libejguard/modules/config/rules.h"
#include "libejguard/modules/lib/yml/shared.h"

struct config_options {
	struct ejg_word_list groups;
};

/* Reports a problem of reading the configuration. */
static void report_problem(struct config_check *check, const struct yml_problem *problem)
{
	const struct yml_node place = { .file = problem->file, .line = problem->line, .column = problem->column };
	bool judged = check->yml.options != NULL;
	const char *id = problem->kind == YML_ABSENT	      ? "absent"
			 : problem->kind == YML_INDETERMINATE ? "indeterminate"
			 : problem->kind == YML_UNBOUNDED     ? "unjudged"
			 : problem->kind == YML_UNSEEN	      ? geteuid() ? "unseen" : "unjudged"
			 : judged			      ? "refused"
							      : "unjudged";

	config_finding(check, id, problem->file, &place, NULL, "%s", problem->text);
}

static void judge(struct config_check *check)
{
	config_listeners(check);
	check_known(check);
	check_template(check);
	check_log(check);
	check_accounts(check);
	check_networks(check);
	check_admin(check);
	check_api(check);
	check_listen(check);
	check_tls(check);
	check_relay(check);
	check_backend(check);
	check_secrets(check);
	check_programs(check);
	check_folders(check);
	check_docroots(check);
	check_ports(check);
	config_finding(check, "judged", check->yml.setup->config, NULL, NULL,
		       "hosts: %zu, listeners: %zu, files: %zu%s%s", check->yml.n_hosts, check->n_listeners,
		       check->yml.n_files, check->more ? "; more findings exist than are shown" : "",
		       check->more_addresses ? "; not every address in access rules was tried" : "");
}

static int load(struct config_check *check, const char **ret_why)
{
	const struct config_options *options = ejg_call_config(check->call);
	const struct yml_shared *shared;
	int r = yml_shared_get(check->call, &shared);

	if (r == 0 && shared->absent) {
		*ret_why = shared->absent;
		return -ENOENT;
	}
	if (r == 0) {
		check->yml = shared->yml;
		check->paths = shared->paths;
		r = access_service_find(check->arena, check->facts, check->survey, &options->groups, &check->service);
	}
	return r;
}

static int run(struct config_check *check)
{
	const char *why = NULL;
	int r;

	if (!ejg_kind_is(check->facts, "ejabberd")) {
		config_finding(check, "absent", NULL, NULL, NULL, "this is %s: ejabberd.yml is ejabberd's own",
			       check->facts->kind->title);
		return EJG_NOT_APPLICABLE;
	}
	r = load(check, &why);
	if (r == -ENOENT) {
		config_finding(check, "absent", NULL, NULL, NULL, "%s", why);
		return EJG_NOT_APPLICABLE;
	}
	if (r < 0)
		return r;
	for (size_t i = 0; i < check->paths.n_problems; i++)
		report_problem(check, &check->paths.problems[i]);
	if (check->yml.options)
		judge(check);
	if (check->no_memory || arena_failed(check->arena))
		return -ENOMEM;
	if (!check->yml.options && check->worst < EJG_FAILURE)
		return EJG_NOT_APPLICABLE;
	return check->worst == EJG_FAILURE ? EJG_NOT_HELD : EJG_HELD;
}

static int config_check(struct ejg_call *call)
{
	cleanup_arena struct arena *arena = arena_new();
	struct config_check check = { .call = call, .facts = ejg_call_facts(call), .arena = arena };
	int r = arena ? 0 : -ENOMEM;

	if (r == 0) {
		check.survey = ejg_call_survey(call);
		r = check.survey ? run(&check) : -ENOMEM;
	}
	return r < 0 ? ejg_call_error(call, r, NULL, "the configuration could not be checked: %s", strerror(-r)) : r;
}

static const struct ejg_option options[] = {
	{ .name = "groups",
	  .type = EJG_OPTION_WORDS,
	  .flags = EJG_OPTION_REPEATABLE,
	  .offset = offsetof(struct config_options, groups),
	  .help = "groups that may read keys and passwords, in addition to the service's own" },
};

#define FINDING(number, id, severity, what, remedy, ...) { id, EJG_##severity, what, remedy },
static const struct ejg_finding_info findings[] = { CONFIG_RULES(FINDING) };
_Static_assert(ARRAY_SIZE(findings) < CONFIG_MAX_KINDS, "a kind of finding has no room");

EJG_MODULE_EXPORT const struct ejg_module ejguard_module = {
	EJG_MODULE_HEADER,
	.name = "config",
	.summary = "what ejabberd.yml allows: passwords, registration, administration, TLS, listeners",
	.flags = EJG_MODULE_IMAGES,
	.options = options,
	.n_options = ARRAY_SIZE(options),
	.findings = findings,
	.n_findings = ARRAY_SIZE(findings),
	.config_size = sizeof(struct config_options),
	.check = config_check,
};
