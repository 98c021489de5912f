/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ports from files that the service can change. This file acts as the host, and has the policy in force. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "libejguard/modules/net/changeable.h"
#include "libejguard/modules/net/match.h"
#include "libejguard/modules/net/owners.h"
#include "libejguard/modules/net/pins.h"
#include "tests/unit/access-bed.h"

/* --- the host */

struct ejg_call {
	struct ejg_facts facts;
	struct ejg_survey survey;
	enum ejg_mode mode;
	int error;
	char text[512], remedy[512];
	char found[64]; /* the subjects of findings */
};

const struct ejg_facts *ejg_call_facts(const struct ejg_call *call)
{
	return &call->facts;
}

const struct ejg_survey *ejg_call_survey(struct ejg_call *call)
{
	return &call->survey;
}

enum ejg_mode ejg_call_mode(const struct ejg_call *call)
{
	return call->mode;
}

int ejg_call_error(struct ejg_call *call, int error, const char *remedy, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(call->text, sizeof(call->text), format, ap);
	va_end(ap);
	snprintf(call->remedy, sizeof(call->remedy), "%s", remedy ? remedy : "");
	call->error = error;
	return error;
}

enum ejg_severity ejg_call_finding_at(struct ejg_call *call, const char *id, const char *subject,
				      const struct ejg_place *place, const char *format, ...)
{
	assert_string_equal(id, "ports-changeable");
	assert_non_null(place->remedy);
	strcat(strcat(call->found, subject), " ");
	return EJG_WARNING;
}

const struct ejg_setting *ejg_survey_setting(const struct ejg_survey *survey, const char *name)
{
	return NULL;
}

const char *ejg_survey_value(const struct ejg_survey *survey, const char *name)
{
	return NULL;
}

static const struct policy_head *in_force; /* NULL: nothing is */

bool owner_open(const char *service, struct owner *ret)
{
	*ret = (struct owner){ .policy = -1 };
	return in_force;
}

void owner_close(struct owner *owner)
{
}

int pins_read_policy(int fd, struct net_policy *ret)
{
	ret->n_chunks = 1;
	ret->chunks = calloc(1, sizeof(*ret->chunks));
	assert_non_null(ret->chunks);
	ret->chunks[0].head = *in_force;
	return 0;
}

void net_policy_free(struct net_policy *policy)
{
	free(policy->chunks);
	*policy = (struct net_policy){};
}

/* --- the cases */

static const struct ejg_kind rabbitmq = { .size = sizeof(rabbitmq), .name = "rabbitmq", .usual = { { 25672, 25672 } } };

static const struct ejg_process processes[] = {
	{ .pid = 10, .role = EJG_PROCESS_NODE, .relation = EJG_RELATION_OURS },
	{ .pid = 11, .role = EJG_PROCESS_NODE, .relation = EJG_RELATION_STRANGER },
	{ .pid = 12, .role = EJG_PROCESS_EPMD, .relation = EJG_RELATION_STRANGER },
};

static const struct ejg_listener listeners[] = {
	{ .port = 2022, .unit = "ssh.service", .pid = 20 },
	{ .port = 2100, .in_service = true, .pid = 10 },
	{ .port = 2101, .pid = 10 }, /* the node, started by hand */
	{ .port = 2102, .pid = 11 }, /* somebody else's node */
	{ .port = 2103, .pid = 12 }, /* an epmd that another service shares */
	{ .port = 2104, .uid = 7 },  /* whose process was not seen */
	{ .port = 2105, .uid = 999, .unit = "postgresql.service", .pid = 21 },
	{ .port = 2106, .uid = 1000, .unit = "session-1.scope", .pid = 22 }, /* a person */
	{ .port = 2107, .uid = 65534, .unit = "cron.service", .pid = 23 },
};

enum file { OF_SERVICE, OF_ROOT, OF_STACK, FOLDER_OF_SERVICE };
enum guard { NO_GUARD, GUARDED, PERMISSIVE };

struct row {
	enum file file;
	struct ejg_port_range dist;
	uint16_t epmd;
	enum guard former; /* guards these ports, too */
	enum ejg_mode mode;
	const char *refused; /* part of the error; NULL: none */
	const char *remedy;
	const char *found; /* subjects of findings, each with a blank */
};

static const struct row rows[] = {
	/* the default, and what is guarded already */
	{ OF_SERVICE, { 25672, 25672 }, 4369, NO_GUARD, EJG_ENFORCE, NULL, NULL, "" },
	{ OF_SERVICE, { 22, 22 }, 4369, GUARDED, EJG_ENFORCE, NULL, NULL, "dist " },
	{ OF_SERVICE, { 22, 22 }, 4369, PERMISSIVE, EJG_ENFORCE, "port 22 ", "set dist 22", "dist " },
	/* well-known ports */
	{ OF_SERVICE, { 22, 22 }, 4369, NO_GUARD, EJG_ENFORCE, "port 22 ", "set dist 22", "dist " },
	{ OF_SERVICE, { 1023, 1030 }, 4369, NO_GUARD, EJG_ENFORCE, "port 1023 ", "set dist 1023-1030", "dist " },
	{ OF_SERVICE, { 1024, 1030 }, 4369, NO_GUARD, EJG_ENFORCE, NULL, NULL, "dist " },
	{ OF_SERVICE, { 25672, 25672 }, 80, NO_GUARD, EJG_ENFORCE, "port 80 ", "set epmd 80", "epmd " },
	/* who can have written them */
	{ OF_ROOT, { 22, 22 }, 4369, NO_GUARD, EJG_ENFORCE, NULL, NULL, "" },
	{ OF_STACK, { 22, 22 }, 80, NO_GUARD, EJG_ENFORCE, NULL, NULL, "" },
	{ FOLDER_OF_SERVICE, { 22, 22 }, 4369, NO_GUARD, EJG_ENFORCE, NULL, NULL, "dist " },
	/* nothing is refused there */
	{ OF_SERVICE, { 22, 22 }, 4369, NO_GUARD, EJG_PERMISSIVE, NULL, NULL, "dist " },
	/* others that listen */
	{ OF_SERVICE, { 2000, 2030 }, 4369, NO_GUARD, EJG_ENFORCE, "port 2022 ", "set dist 2000-2030", "dist " },
	{ OF_SERVICE, { 2022, 2022 }, 4369, NO_GUARD, EJG_ENFORCE, "ssh.service listens", NULL, "dist " },
	{ OF_SERVICE, { 2023, 2101 }, 4369, NO_GUARD, EJG_ENFORCE, NULL, NULL, "dist " },
	{ OF_SERVICE, { 2102, 2102 }, 4369, NO_GUARD, EJG_ENFORCE, "process 11 listens", NULL, "dist " },
	{ OF_SERVICE, { 2103, 2103 }, 4369, NO_GUARD, EJG_ENFORCE, "process 12 listens", NULL, "dist " },
	{ OF_SERVICE, { 25672, 25672 }, 2103, NO_GUARD, EJG_ENFORCE, NULL, NULL, "epmd " },
	{ OF_SERVICE, { 2104, 2104 }, 4369, NO_GUARD, EJG_ENFORCE, "user 7 listens", NULL, "dist " },
	{ OF_SERVICE, { 2022, 2022 }, 4369, GUARDED, EJG_ENFORCE, NULL, NULL, "dist " },
	{ OF_SERVICE, { 2105, 2105 }, 4369, NO_GUARD, EJG_ENFORCE, "postgresql.service listens", NULL, "dist " },
	{ OF_SERVICE, { 2106, 2107 }, 4369, NO_GUARD, EJG_ENFORCE, NULL, NULL, "dist " },
};

static void set_port(uint8_t *ports, unsigned int port)
{
	ports[port / 8] |= 1U << (port % 8);
}

static void guard_ports(struct policy_head *head, const struct ejg_facts *facts)
{
	set_port(head->guarded_ports, facts->epmd_port);
	for (unsigned int p = facts->dist[0].first; p <= facts->dist[0].last; p++)
		set_port(head->guarded_ports, p);
}

static struct ejg_call make_call(const struct row *row, const char *file, const char *folder)
{
	const struct ejg_origin origin = { row->file == OF_STACK ? EJG_ORIGIN_STACK : EJG_ORIGIN_DISCOVERED, file, 3 };

	return (struct ejg_call){
		.mode = row->mode,
		.facts = {
			.service = "rabbitmq-server", .stack_file = "/etc/ejguard/rabbitmq-server", .kind = &rabbitmq,
			.config_dir = folder, .epmd_port = row->epmd, .epmd_origin = origin, .dist = &row->dist,
			.n_dist = 1, .dist_origin = origin,
		},
		.survey = {
			EJG_SURVEY_HEADER, .processes = processes, .n_processes = ARRAY_SIZE(processes),
			.listeners = listeners, .n_listeners = ARRAY_SIZE(listeners),
		},
	};
}

static void judge(const struct row *row, size_t index, const char *file, const char *folder)
{
	struct ejg_call call = make_call(row, file, folder);
	struct policy_head former = { .flags = row->former == PERMISSIVE ? POLICY_PERMISSIVE : 0 };
	struct net_policy policy = { calloc(1, sizeof(*policy.chunks)), 1 };
	int r;

	assert_non_null(policy.chunks);
	policy.chunks[0].head.shared_port = row->epmd;
	guard_ports(&policy.chunks[0].head, &call.facts);
	guard_ports(&former, &call.facts);
	in_force = row->former != NO_GUARD ? &former : NULL;
	r = changeable_keep_ports(&call, &policy);
	changeable_report_ports(&call);
	if (r != (row->refused ? -EBADMSG : 0) || (row->refused && !strstr(call.text, row->refused)) ||
	    (row->remedy && !strstr(call.remedy, row->remedy)) || strcmp(call.found, row->found) != 0)
		fail_msg("row %zu: %d '%s' '%s' '%s'", index, r, call.text, call.remedy, call.found);
	if (row->refused)
		assert_non_null(strstr(call.text, ":3, which can be changed by"));
	/* A port of epmd that the service names itself is not opened to its peers where it is another's. */
	assert_int_equal(policy.chunks[0].head.shared_port,
			 row->epmd != 4369 && row->file != OF_ROOT && row->file != OF_STACK ? 0 : row->epmd);
	/* The default stays guarded where the service could have moved the port away. */
	assert_true(!!port_in(policy.chunks[0].head.guarded_ports, 25672) ==
		    (row->file == OF_SERVICE || row->file == FOLDER_OF_SERVICE));
	net_policy_free(&policy);
}

static void a_file_of_the_service_takes_no_port_of_others(void **state)
{
	struct scratch *scratch = *state;
	const char *folder, *file;

	need_root();
	give(scratch, ".", 0, 0, 0755);
	scratch_mkdir(scratch, "conf");
	scratch_text(scratch, "conf/env.conf", "");
	folder = arena_strdup(scratch->arena, scratch_path(scratch, "conf"));
	file = arena_strdup(scratch->arena, scratch_path(scratch, "conf/env.conf"));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const uid_t owner = rows[i].file == OF_ROOT ? 0 : SERVICE;

		give(scratch, "conf", owner, owner, 0755);
		give(scratch, "conf/env.conf", owner, owner, 0644);
		judge(&rows[i], i, rows[i].file == FOLDER_OF_SERVICE ? "/etc/passwd" : file, folder);
	}
}

/* What only the policy in force guards is not freed by such a file, unless the stack makes it public. */
static void a_file_of_the_service_frees_no_port(void **state)
{
	static const struct ejg_port_range public_port = { 20002, 20002 };
	const struct row row = { OF_SERVICE, { 25672, 25672 }, 4369, GUARDED, EJG_ENFORCE };
	struct policy_head former = {};
	struct net_policy policy = { calloc(1, sizeof(*policy.chunks)), 1 };
	struct scratch *scratch = *state;
	struct ejg_call call;

	need_root();
	assert_non_null(policy.chunks);
	give(scratch, ".", 0, 0, 0755);
	scratch_text(scratch, "env.conf", "");
	give(scratch, "env.conf", SERVICE, SERVICE, 0644);
	call = make_call(&row, arena_strdup(scratch->arena, scratch_path(scratch, "env.conf")), "/etc");
	guard_ports(&policy.chunks[0].head, &call.facts);
	guard_ports(&former, &call.facts);
	in_force = &former;
	assert_int_equal(changeable_keep_ports(&call, &policy), 0);
	set_port(former.guarded_ports, 20002);
	assert_int_equal(changeable_keep_ports(&call, &policy), -EBADMSG);
	assert_non_null(strstr(call.text, "port 20002 would no longer be guarded"));
	call.facts.public_ports = &public_port;
	call.facts.n_public_ports = 1;
	assert_int_equal(changeable_keep_ports(&call, &policy), 0);
	net_policy_free(&policy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(a_file_of_the_service_takes_no_port_of_others),
		scratch_test(a_file_of_the_service_frees_no_port),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
