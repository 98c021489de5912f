/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What learn proposes for a made-up survey: names in epmd that others registered make nobody a peer, and hide no public
 * port. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tools/learn/learn.h"

enum { NODE = 100, EPMD = 4369, DIST = 40001 };

static const struct ejg_kind late = { .size = sizeof(late), .name = "rabbitmq", .joins_late = true };

/* The node ejabberd@host, on random distribution port DIST, with clients and servers on its public ports. */
struct bed {
	struct ejg_process processes[2];
	struct ejg_listener listeners[4];
	struct ejg_connection connections[4];
	struct ejg_epmd_name names[4];
	struct ejg_setting setting;
	struct ejg_port_range public_port;
	struct ejg_facts facts;
	struct ejg_survey survey;
};

int report_fail(struct report *report, int error, const char *format, ...)
{
	return error;
}

static struct ejg_prefix v4(const char *text)
{
	struct ejg_prefix prefix = { .bytes = { [10] = 0xff, [11] = 0xff }, .length = 128 };

	assert_int_equal(inet_pton(AF_INET, text, prefix.bytes + 12), 1);
	return prefix;
}

static void bed_init(struct bed *bed)
{
	static const uint16_t ports[] = { 5222, 5269, DIST };

	*bed = (struct bed){ .facts = { EJG_FACTS_HEADER, .service = "ejabberd", .epmd_port = EPMD },
			     .survey = { EJG_SURVEY_HEADER, .epmd_answered = true } };
	bed->processes[0] = (struct ejg_process){ .pid = NODE,
						  .role = EJG_PROCESS_NODE,
						  .in_service = true,
						  .node = "ejabberd@host",
						  .relation = EJG_RELATION_OURS };
	for (size_t i = 0; i < 3; i++)
		bed->listeners[i] = (struct ejg_listener){
			.address = v4("0.0.0.0"), .port = ports[i], .in_service = true, .pid = NODE
		};
	bed->survey.processes = bed->processes;
	bed->survey.n_processes = 1;
	bed->survey.listeners = bed->listeners;
	bed->survey.n_listeners = 3;
	bed->survey.epmd_names = bed->names;
	bed->survey.connections = bed->connections;
}

static void add_name(struct bed *bed, const char *name, uint16_t port)
{
	bed->names[bed->survey.n_epmd_names++] = (struct ejg_epmd_name){ name, port };
}

static void add_connection(struct bed *bed, uint32_t direction, uint16_t local, const char *remote, uint16_t port)
{
	bed->connections[bed->survey.n_connections++] = (struct ejg_connection){ .local = v4("198.51.100.1"),
										 .local_port = local,
										 .remote = v4(remote),
										 .remote_port = port,
										 .direction = direction,
										 .in_service = true };
}

/* The words of the lines "set peers" and "set public", with a bar between them; and the comments of the first. */
static void propose(struct bed *bed, char text[static 256], char comments[static 1024])
{
	struct learn learn = { .facts = &bed->facts, .survey = &bed->survey };
	struct learned learned = {};
	const char *peers = "", *public = "";

	assert_int_equal(learn_judge_nodes(&learn), 0);
	assert_int_equal(learn_hosts(&learn), 0);
	assert_int_equal(learn_propose(&learn, &learned), 0);
	comments[0] = '\0';
	for (size_t i = 0; i < learned.n; i++) {
		const struct learned_line *line = &learned.lines[i];

		if (line->text && strncmp(line->text, "set peers ", 10) == 0)
			peers = line->text + 10;
		if (line->text && strncmp(line->text, "set public ", 11) == 0)
		public = line->text + 11;
		for (size_t j = 0; j < line->n_reasons; j++)
			if (strncmp(line->reasons[j], "NOT proposed", 12) == 0 ||
			    strncmp(line->reasons[j], "in the stack in use", 19) == 0)
				snprintf(comments + strlen(comments), 1024 - strlen(comments), "%s\n",
					 line->reasons[j]);
	}
	snprintf(text, 256, "%s | %s", peers, public);
	learned_free(&learned);
	learn_free(&learn);
}

static void check(struct bed *bed, const char *expected, const char *expected_comments)
{
	char text[256], comments[1024];

	propose(bed, text, comments);
	assert_string_equal(text, expected);
	assert_string_equal(comments, expected_comments);
}

/* One client at 5222, one server that came to 5269 and one to which the service went. */
static void add_public_users(struct bed *bed)
{
	add_connection(bed, EJG_INCOMING, 5222, "203.0.113.5", 50000);
	add_connection(bed, EJG_INCOMING, 5269, "203.0.113.6", 50000);
	add_connection(bed, EJG_OUTGOING, 50001, "203.0.113.7", 5269);
}

static const char nobody_proposed[] =
	"NOT proposed: 203.0.113.5: is connected to port 5222, which is not private\n"
	"NOT proposed: 203.0.113.6: is connected to port 5269, which is not private\n"
	"NOT proposed: 203.0.113.7: the service is connected to its port 5269, which is not private\n";

static void test_foreign_names(void **state)
{
	struct bed bed;

	bed_init(&bed);
	add_public_users(&bed);
	add_name(&bed, "ejabberd", DIST);
	add_name(&bed, "impostor", 5222);
	add_name(&bed, "ejabber", 5269);
	check(&bed, " | 5222 5269", nobody_proposed);
}

/* The near miss: the service's own node has registered the port. */
static void test_own_name(void **state)
{
	struct bed bed;

	bed_init(&bed);
	add_name(&bed, "ejabberd", DIST);
	add_connection(&bed, EJG_INCOMING, DIST, "198.51.100.2", 50000);
	add_connection(&bed, EJG_OUTGOING, 50001, "198.51.100.3", EPMD);
	add_connection(&bed, EJG_OUTGOING, 50002, "198.51.100.4", DIST);
	check(&bed, "198.51.100.2 198.51.100.3 198.51.100.4 | 5222 5269", "");

	bed.names[0].port = 5269; /* a node that listens on 5269 for its cluster, and on DIST for everybody */
	bed.survey.n_connections = 0;
	add_public_users(&bed);
	check(&bed, "203.0.113.6 203.0.113.7 | 5222 40001",
	      "NOT proposed: 203.0.113.5: is connected to port 5222, which is not private\n");
}

/* The own name counts neither for a process that is not the service's nor with a port that is public by the stack. */
static void test_whose_name(void **state)
{
	struct learn learn = {};
	struct bed bed;

	bed_init(&bed);
	learn = (struct learn){ .facts = &bed.facts, .survey = &bed.survey };
	add_name(&bed, "ejabberd", 5269);
	assert_true(learn_is_private(&learn, 5269));
	bed.processes[0].relation = EJG_RELATION_SAME_USER;
	assert_false(learn_is_private(&learn, 5269));
	bed.processes[0].relation = EJG_RELATION_OURS;
	bed.listeners[1].pid = NODE + 1;
	assert_false(learn_is_private(&learn, 5269));
	bed.listeners[1].pid = NODE;
	bed.public_port = (struct ejg_port_range){ 5269, 5269 };
	bed.facts.public_ports = &bed.public_port;
	bed.facts.n_public_ports = 1;
	assert_false(learn_is_private(&learn, 5269));
}

/* A node that gets its name late has the first one in epmd that fits: the configured one counts. */
static void test_late_name(void **state)
{
	struct learn learn = {};
	struct bed bed;

	bed_init(&bed);
	learn = (struct learn){ .facts = &bed.facts, .survey = &bed.survey };
	bed.facts.kind = &late;
	bed.processes[0].node = "impostor";
	add_name(&bed, "impostor", 5222);
	add_name(&bed, "rabbit", DIST);
	assert_false(learn_is_private(&learn, 5222));
	assert_false(learn_is_private(&learn, DIST));
	bed.setting = (struct ejg_setting){ .name = "ERLANG_NODE", .state = EJG_SETTING_KNOWN, .value = "rabbit@host" };
	bed.survey.settings = &bed.setting;
	bed.survey.n_settings = 1;
	assert_false(learn_is_private(&learn, 5222));
	assert_true(learn_is_private(&learn, DIST));
}

/* A client chooses its own port, and the service's own may lie in the range. */
static void test_port_of_the_client(void **state)
{
	static const struct ejg_port_range range = { 4200, 4210 };
	struct bed bed;

	bed_init(&bed);
	bed.facts.dist = &range;
	bed.facts.n_dist = 1;
	bed.facts.dist_state = EJG_DIST_FIXED;
	bed.listeners[2].port = 4200;
	add_connection(&bed, EJG_INCOMING, 5222, "203.0.113.5", 4200);
	add_connection(&bed, EJG_OUTGOING, 4205, "203.0.113.7", 5269);
	add_connection(&bed, EJG_INCOMING, EPMD, "203.0.113.8", 4200);
	add_connection(&bed, EJG_OUTGOING, 50000, "198.51.100.2", 4210);
	check(&bed, "198.51.100.2 | 5222 5269",
	      "NOT proposed: 203.0.113.5: is connected to port 5222, which is not private\n"
	      "NOT proposed: 203.0.113.7: the service is connected to its port 5269, which is not private\n"
	      "NOT proposed, as a scanner does the same: 203.0.113.8: is connected to epmd only, port 4369\n");
}

/* Peers of the stack that are not connected are not proposed, and not lost without a word. */
static void test_peers_of_the_stack(void **state)
{
	struct ejg_peer peers[] = { { .prefix = v4("198.51.100.2") },
				    { .prefix = v4("198.51.100.9") },
				    { .name = "node3" } };
	struct bed bed;

	bed_init(&bed);
	bed.facts.peers = peers;
	bed.facts.n_peers = 3;
	add_name(&bed, "ejabberd", DIST);
	add_connection(&bed, EJG_INCOMING, DIST, "198.51.100.2", 50000);
	check(&bed, "198.51.100.2 | 5222 5269",
	      "in the stack in use, not seen now: 198.51.100.9\n"
	      "in the stack in use, a name, which connections do not show: node3\n");
}

/* What permissive mode let through: a destination counts as a peer by its port. */
static void test_records(void **state)
{
	struct learn_record *records = calloc(3, sizeof(*records));
	struct learn learn = { .records = records, .n_records = 3 };
	struct bed bed;

	assert_non_null(records);
	bed_init(&bed);
	add_name(&bed, "ejabberd", DIST);
	add_name(&bed, "impostor", 5269);
	records[0] = (struct learn_record){ LEARN_IN, "198.51.100.2", "", DIST, strdup("one") };
	records[1] = (struct learn_record){ LEARN_IN, "203.0.113.6", "", 5269, strdup("two") };
	records[2] = (struct learn_record){ LEARN_OUT, "198.51.100.3", "", EPMD, strdup("three") };
	learn.facts = &bed.facts;
	learn.survey = &bed.survey;
	assert_int_equal(learn_hosts(&learn), 0);
	assert_int_equal(learn.n_hosts, 3);
	assert_int_equal(learn.hosts[0].use, LEARN_PEER);
	assert_int_equal(learn.hosts[1].use, LEARN_PEER);
	assert_string_equal(learn.hosts[2].address, "203.0.113.6");
	assert_int_equal(learn.hosts[2].use, LEARN_ASKER);
	learn_free(&learn);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_foreign_names),	   cmocka_unit_test(test_own_name),
		cmocka_unit_test(test_whose_name),	   cmocka_unit_test(test_late_name),
		cmocka_unit_test(test_port_of_the_client), cmocka_unit_test(test_records),
		cmocka_unit_test(test_peers_of_the_stack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
