/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The output of discover for a made-up service: survey-fixture [--json|--graph] [-v] [-q] WHICH. It has its own
 * versions of the library's functions.
 */
#include <arpa/inet.h>
#include <ejguard/facts.h>
#include <errno.h>
#include <locale.h>
#include <string.h>

#include "tools/print/print.h"

#define SHELL "/etc/default/ejabberd"
#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* Macros: for clang a constant object is no constant expression. */
#define STACK                                                                                                          \
	{                                                                                                              \
		EJG_ORIGIN_STACK, "/etc/ejguard/ejabberd", 7                                                           \
	}
#define CFG                                                                                                            \
	{                                                                                                              \
		EJG_ORIGIN_DISCOVERED, SHELL, 12                                                                       \
	}
#define SCRIPT                                                                                                         \
	{                                                                                                              \
		EJG_ORIGIN_SCRIPT, "/usr/sbin/ejabberdctl", 31                                                         \
	}
#define UNIT                                                                                                           \
	{                                                                                                              \
		EJG_ORIGIN_UNIT, "/lib/systemd/system/ejabberd.service", 9                                             \
	}

static const struct ejg_cgroup cgroups[] = {
	{ "ejabberd.service", "/sys/fs/cgroup/system.slice/ejabberd.service", 4711, false },
	{ "epmd.service", NULL, 0, false },
};
static const struct ejg_port_range dist[] = { { 4370, 4375 } };
static const struct ejg_port_range public_ports[] = { { 5222, 5223 }, { 5269, 5269 } };
static const struct ejg_peer peers[] = { { .name = "node2.example.org",
					   .origin = { EJG_ORIGIN_STACK, "/etc/peers", 3 } } };
static const uid_t users[] = { 0, 4000000000 };

static const struct ejg_facts full_facts = {
	EJG_FACTS_HEADER,
	.service = "ejabberd",
	.cgroups = cgroups,
	.n_cgroups = LENGTH(cgroups),
	.cgroups_origin = STACK,
	.epmd_port = 4369,
	.dist_state = EJG_DIST_FIXED,
	.dist = dist,
	.n_dist = LENGTH(dist),
	.dist_origin = CFG,
	.public_ports = public_ports,
	.n_public_ports = LENGTH(public_ports),
	.public_origin = STACK,
	.peers = peers,
	.n_peers = LENGTH(peers),
	.peers_origin = STACK,
	.users = users,
	.n_users = LENGTH(users),
	.users_origin = { EJG_ORIGIN_DEFAULT, NULL, 0 },
	.config_dir = "/etc/ejabberd",
	.config_origin = SCRIPT,
	.stack_file = "/etc/ejguard/ejabberd",
};

/* The facts of a broken stack. */
static const struct ejg_facts empty_facts = {
	EJG_FACTS_HEADER,
	.epmd_port = 4369,
	.dist_state = EJG_DIST_INDETERMINATE,
	.dist_note = "there is nothing to read it from",
};

static const struct ejg_setting settings[] = {
	{ "ERLANG_NODE", EJG_SETTING_KNOWN, "ejabberd@host", NULL, CFG },
	{ "ERLANG_NODE", EJG_SETTING_OVERRIDDEN, "ejabberd@localhost", "line 12 is in effect", SCRIPT },
	{ "name-kind", EJG_SETTING_KNOWN, "short", NULL, SCRIPT },
	{ "user", EJG_SETTING_KNOWN, "root", NULL, UNIT },
	{ "HOME", EJG_SETTING_INDETERMINATE, NULL, "it depends on `getent passwd`", CFG },
	{ "INET_DIST_INTERFACE", EJG_SETTING_KNOWN, "127.0.0.1", NULL, CFG },
	{ "dist-range", EJG_SETTING_KNOWN, "4370-4375", NULL, CFG },
	{ "ERL_OPTIONS", EJG_SETTING_KNOWN, "-setcookie ***", NULL, CFG },
	{ "SPOOL_DIR", EJG_SETTING_INDETERMINATE, NULL, "it cannot be read", CFG },
	{ "LOGS_DIR", EJG_SETTING_INDETERMINATE, NULL, "it cannot be read", CFG },
	{ "VMARGS", EJG_SETTING_INDETERMINATE, NULL, "it cannot be read", CFG },
	{ "ERL_INETRC", EJG_SETTING_UNSET, NULL, NULL, { 0 } },
	{ "ERL_EPMD_ADDRESS", EJG_SETTING_UNSET, NULL, NULL, { 0 } },
};

static const char *const arguments[] = { "beam.smp", "-setcookie", "***", NULL };
static const char *const environment[] = { "HOME=/var/lib/ejabberd", "HOMER=x", NULL };

static const struct ejg_process processes[] = {
	{ .pid = 100,
	  .uid = 0,
	  .role = EJG_PROCESS_NODE,
	  .exe = "/usr/lib/erlang/erts-13.1.5/bin/beam.smp",
	  .cgroup = "/system.slice/ejabberd.service",
	  .unit = "ejabberd.service",
	  .in_service = true,
	  .arguments = arguments,
	  .n_arguments = 3,
	  .cookie_argument = true,
	  .environment = environment,
	  .n_environment = 2,
	  .node = "ejabberd@host",
	  .relation = EJG_RELATION_OURS },
	{ .pid = 200,
	  .uid = 0,
	  .role = EJG_PROCESS_NODE,
	  .cgroup = "/user.slice",
	  .other_network = true,
	  .node = "other@host.example.org",
	  .long_name = true },
	{ .pid = 300, .uid = 4000000000, .role = EJG_PROCESS_EPMD, .exe = "/usr/bin/epmd", .cgroup = "/user.slice" },
	{ .pid = 400, .uid = 0, .role = EJG_PROCESS_CONTROL },
};

static struct ejg_listener listeners[] = {
	{ .port = 4369, .uid = 0, .unit = "epmd.socket", .in_service = true, .pid = 1 },
	{ .port = 4371, .uid = 0, .unit = "ejabberd.service", .in_service = true, .pid = 100 },
	{ .port = 5222, .uid = 0, .unit = "ejabberd.service", .in_service = true, .pid = 100 },
	{ .port = 40000, .uid = 0, .unit = "ejabberd.service", .in_service = true, .pid = 100 },
	{ .port = 4372, .uid = 4000000000 },
	{ .port = 22, .uid = 0, .unit = "ssh.service", .pid = 22 },
};

static const struct ejg_epmd_name names[] = { { "ejabberd", 40000 }, { "impostor", 9999 } };
static const char *const unseen[] = { "the environment of process 300: Permission denied" };

static const struct ejg_survey full_survey = {
	EJG_SURVEY_HEADER,
	.settings = settings,
	.n_settings = LENGTH(settings),
	.processes = processes,
	.n_processes = LENGTH(processes),
	.listeners = listeners,
	.n_listeners = LENGTH(listeners),
	.epmd_answered = true,
	.epmd_names = names,
	.n_epmd_names = LENGTH(names),
	.unseen = unseen,
	.n_unseen = LENGTH(unseen),
};

static const struct ejg_survey empty_survey = {
	EJG_SURVEY_HEADER,
	.epmd_note = "nobody listens on port 4369",
};

/* Text that others can choose: terminal control codes, invalid UTF-8, very long text. */
static char hostile[4096] = "\033[31mred\r\n\xff\xe2\x80\xae";
static const char *const hostile_words[] = { hostile, NULL };
#define HOSTILE_ORIGIN                                                                                                 \
	{                                                                                                              \
		EJG_ORIGIN_DISCOVERED, hostile, UINT32_MAX                                                             \
	}
static const struct ejg_cgroup hostile_cgroup = { hostile, hostile, UINT64_MAX, false };
static const struct ejg_peer hostile_peer = { .name = hostile, .origin = { 99, hostile, 1 } };
static const struct ejg_setting hostile_settings[] = {
	{ hostile, EJG_SETTING_KNOWN, hostile, hostile, { EJG_ORIGIN_UNIT, hostile, 1 } },
	{ hostile, EJG_SETTING_OVERRIDDEN, hostile, hostile, { EJG_ORIGIN_SCRIPT, NULL, 0 } },
	{ hostile, EJG_SETTING_UNSET, NULL, NULL, { EJG_ORIGIN_CALLER, NULL, 0 } },
	{ "HOME", 99, hostile, hostile, { EJG_ORIGIN_USERS, NULL, 0 } },
	{ "user", EJG_SETTING_KNOWN, NULL, NULL, { 99, NULL, 0 } },
};
static const struct ejg_process hostile_process = {
	.pid = INT32_MAX,
	.uid = UINT32_MAX,
	.role = 99,
	.exe = hostile,
	.cgroup = hostile,
	.unit = hostile,
	.arguments = hostile_words,
	.n_arguments = 1,
	.environment = hostile_words,
	.n_environment = 1,
	.node = hostile,
};
static const struct ejg_listener hostile_listener = {
	.address = { .bytes = { 0xfe, 0x80, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
				0xff, 0xff },
		     .length = 128,
		     .scope = UINT32_MAX },
	.port = UINT16_MAX,
	.uid = UINT32_MAX,
	.unit = hostile,
	.in_service = true,
	.pid = INT32_MAX,
};
static const struct ejg_epmd_name hostile_name = { hostile, UINT16_MAX };

static const struct ejg_facts hostile_facts = {
	EJG_FACTS_HEADER,	.cgroups = &hostile_cgroup,
	.n_cgroups = 1,		.cgroups_origin = HOSTILE_ORIGIN,
	.dist_state = 99,	.dist_note = hostile,
	.peers = &hostile_peer, .n_peers = 1,
	.config_dir = hostile,	.config_origin = HOSTILE_ORIGIN,
	.stack_file = hostile,
};
static const struct ejg_survey hostile_survey = {
	EJG_SURVEY_HEADER,
	.settings = hostile_settings,
	.n_settings = LENGTH(hostile_settings),
	.processes = &hostile_process,
	.n_processes = 1,
	.listeners = &hostile_listener,
	.n_listeners = 1,
	.epmd_answered = true,
	.epmd_names = &hostile_name,
	.n_epmd_names = 1,
	.unseen = hostile_words,
	.n_unseen = 1,
};

static const struct ejg_finding contradictions[] = {
	{ "core", "core.advice", EJG_WARNING, "epmd", "it runs elsewhere", "move it", "", 0, 0 },
	{ "core", "core.contradiction", EJG_FAILURE, "distribution", "40000 is not in 4370-4375", "restart it", SHELL,
	  12, 0 },
	{ "node", "node.unseen", EJG_INFO, "", "the environment of process 300: Permission denied", "", "", 0, 0 },
};

static const struct {
	const char *name;
	const struct ejg_facts *facts;
	const struct ejg_survey *survey;
	size_t n_findings;
} services[] = {
	{ "full", &full_facts, &full_survey, LENGTH(contradictions) },
	{ "empty", &empty_facts, &empty_survey, 0 },
	{ "hostile", &hostile_facts, &hostile_survey, 0 },
};

static size_t which;

const struct ejg_facts *ejg_facts_get(const struct ejg *handle)
{
	return services[which].facts;
}

const struct ejg_survey *ejg_survey_get(const struct ejg *handle)
{
	return services[which].survey;
}

const struct ejg_finding *ejg_finding_get(const struct ejg *handle, size_t index)
{
	return index < services[which].n_findings ? &contradictions[index] : NULL;
}

const struct ejg_metric *ejg_metric_get(const struct ejg *handle, size_t index)
{
	return NULL;
}

const struct ejg_module *ejg_module_get(const struct ejg *handle, size_t index)
{
	return NULL;
}

const char *ejg_error(const struct ejg *handle)
{
	return "";
}

static void make_texts(void)
{
	memset(hostile + strlen(hostile), 'x', sizeof(hostile) - strlen(hostile) - 1);
	for (size_t i = 0; i < LENGTH(listeners); i++) {
		listeners[i].address.length = 128;
		inet_pton(AF_INET6,
			  i == 0   ? "::"
			  : i == 1 ? "::ffff:127.0.0.1"
				   : "::ffff:0.0.0.0",
			  listeners[i].address.bytes);
	}
}

int main(int argc, char **argv)
{
	struct arguments asked = {};
	struct report report = {
		.arguments = &asked,
		.verb = &verbs[VERB_DISCOVER],
		.service = "ejabberd",
		.handle = (struct ejg *)&services, /* only passed on */
		.surveyed = true,
		.reach = { .dist_port = 4371,
			   .strangers = { REACH_OPEN, REACH_REFUSED },
			   .peers = { REACH_OPEN, REACH_OPEN },
			   .users = { REACH_OPEN } },
	};

	setlocale(LC_CTYPE, "");
	make_texts();
	for (int i = 1; i < argc; i++) {
		asked.graph |= strcmp(argv[i], "--graph") == 0;
		report.json |= strcmp(argv[i], "--json") == 0;
		report.verbose |= strcmp(argv[i], "-v") == 0;
		report.quiet |= strcmp(argv[i], "-q") == 0;
		for (size_t j = 0; j < LENGTH(services); j++)
			if (strcmp(argv[i], services[j].name) == 0)
				which = j;
	}
	return print_report(&report);
}
