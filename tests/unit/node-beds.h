/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Surveys made by hand, and the expected findings of the module node for each: the data of test-node-findings.c. */
#ifndef TESTS_NODE_BEDS_H
#define TESTS_NODE_BEDS_H

#include "libejguard/modules/node/node.h"

enum { ALICE = 1000, EJABBERD = 110, EPMD = 111 };

#define MAX 8

/* A survey, written short. Settings are "NAME=VALUE", "NAME?" (indeterminate) or "NAME!VALUE" (overridden). */
struct bed {
	const char *settings[MAX];
	struct ejg_listener listeners[MAX]; /* in use: port is not 0 */
	struct ejg_process processes[MAX];  /* in use: pid is not 0 */
	struct ejg_epmd_name names[MAX];    /* in use: name is not NULL */
	bool silent;			    /* epmd does not answer */
	struct node_config config;
	size_t n_peers;
	const char *host; /* what the name resolves to; default 127.0.0.1 */
	enum node_host_source source;
	const char *reserved;
	bool no_socket, unbindable, unsafe;
	struct ejg_port_range stack_dist, public_ports;
	int own_port;	    /* epmd's port for the name; 0: it was not asked */
	const char *expect; /* ids of warnings and failures, in the order of the descriptor's table */
};

/* 127.0.0.A */
#define ADDRESS(a) .address = { .bytes = { [10] = 0xff, 0xff, 127, 0, 0, (a) }, .length = 128 }
#define LISTENER(a, p, u, ...)                                                                                         \
	{                                                                                                              \
		ADDRESS(a), .port = (p), .uid = (u), .in_service = (u) != ALICE, __VA_ARGS__                           \
	}
#define PROCESS(p, r, u, ...)                                                                                          \
	{                                                                                                              \
		.pid = (p), .role = (r), .uid = (u), .in_service = (u) != ALICE,                                       \
		.relation = (u) == ALICE ? EJG_RELATION_STRANGER : EJG_RELATION_OURS, __VA_ARGS__                      \
	}
#define NODE(p, name, ...) PROCESS(p, EJG_PROCESS_NODE, EJABBERD, .node = (name), __VA_ARGS__)
#define ARGUMENTS(...)                                                                                                 \
	.arguments = (const char *const[]){ __VA_ARGS__, NULL },                                                       \
	.n_arguments = sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(char *)
#define EPMD_PROCESS PROCESS(20, EJG_PROCESS_EPMD, EPMD, .exe = "/usr/bin/epmd")
#define EPMD_LISTENER LISTENER(1, 4369, EPMD, .pid = 20)
#define GOOD "dist-range=4370-4379", "INET_DIST_INTERFACE=127.0.0.1", "version=23.01"
#define NAME "ERLANG_NODE=ejabberd@localhost"

static const struct bed beds[] = {
	{ { NAME, GOOD }, .expect = "" },
	{ { NAME, GOOD, "FIREWALL_WINDOW=4370-4379" }, .expect = "" },
	{ { GOOD, "ERLANG_NODE?" }, .expect = "" },
	{ { GOOD }, .expect = "" },
	{ { "ERLANG_NODE=a@b@c", GOOD }, .expect = "name-invalid" },
	{ { "ERLANG_NODE=ejabberd@h.example", GOOD }, .config = { NODE_NAMES_SHORT, 0 }, .expect = "name-kind" },
	{ { "ERLANG_NODE=ejabberd@h.example", GOOD }, .config = { NODE_NAMES_LONG, 0 }, .expect = "" },
	{ { NAME, GOOD }, .config = { NODE_NAMES_LONG, 0 }, .expect = "name-kind" },
	{ { NAME, "dist-range=4370-4379", "tls-dist=inet_tls" }, .n_peers = 1, .expect = "host-loopback" },
	{ { NAME, "dist-range=4370-4379" }, .n_peers = 1, .host = "198.51.100.1", .expect = "tls-off" },
	{ { NAME, "dist-range=4370-4379" }, .host = "198.51.100.1", .expect = "host-public" },
	{ { NAME, "dist-range=4370-4379" }, .host = "198.51.100.2", .expect = "host-elsewhere" },
	{ { NAME, GOOD }, .source = NODE_HOST_RESOLVER, .expect = "host-dns" },
	{ { NAME, GOOD }, .source = NODE_HOST_TIMEOUT, .host = "", .expect = "" },
	{ { NAME, GOOD }, .source = NODE_HOST_UNKNOWN, .host = "", .expect = "host-unresolved" },
	/* ranges */
	{ { NAME }, .expect = "range-none" },
	{ { NAME, "dist-range?" }, .expect = "" },
	{ { NAME, "dist-range?", "FIREWALL_WINDOW=4375-4370" }, .expect = "range-empty" },
	{ { NAME, "dist-range?", "FIREWALL_WINDOW=-4370" }, .expect = "range-ignored" },
	{ { NAME, "dist-range?", "FIREWALL_WINDOW=4370:4375" }, .expect = "range-invalid" },
	{ { NAME, "dist-range?", "FIREWALL_WINDOW=16#1112" }, .expect = "" },
	{ { NAME, "dist-range=4375-4370" }, .expect = "range-empty" },
	{ { NAME, "dist-range=4370", "version=23.01" }, .expect = "range-one-port" },
	{ { NAME, "dist-range=4370-4370" }, .expect = "range-one-port" },
	{ { NAME, "dist-range=4370", "version=24.06" }, .expect = "" },
	{ { NAME, "dist-range=4370", "ERL_DIST_PORT=4370" }, .expect = "" },
	{ { NAME, "dist-range=4370-4371", "version=24.02" }, .expect = "range-small" },
	{ { NAME, "dist-range=4370-4372", "version=24.02" }, .expect = "" },
	{ { NAME, "dist-range=32760-32770" }, .expect = "range-ephemeral" },
	{ { NAME, "dist-range=32760-32770" }, .reserved = "32768-32770\n", .expect = "" },
	{ { NAME, "dist-range=4360-4369" }, .expect = "range-epmd" },
	{ { NAME, "dist-range=1020-1030" }, .expect = "range-privileged" },
	{ { NAME, "dist-range=1024-1030" }, .expect = "" },
	{ { NAME, "dist-range=5220-5230" }, .public_ports = { 5222, 5222 }, .expect = "range-public" },
	{ { NAME, "dist-range=5223-5230" }, .public_ports = { 5222, 5222 }, .expect = "" },
	{ { NAME, GOOD }, { LISTENER(1, 4375, ALICE) }, .expect = "range-taken" },
	{ { NAME, GOOD }, { LISTENER(1, 4380, ALICE) }, .expect = "" },
	{ { NAME, GOOD }, .stack_dist = { 4370, 4378 }, .expect = "range-differs" },
	{ { NAME, GOOD }, .stack_dist = { 4370, 4379 }, .expect = "" },
	/* keys */
	{ { NAME, GOOD, "ERLANG_NODE!a@b" }, .expect = "setting-overridden" },
	{ { NAME, GOOD, "SPOOL_DIR!/x" }, .expect = "" },
	{ { NAME, GOOD, "ERL_DIST_PORT=4370", "ERL_OPTIONS=-x -erl_epmd_port 4371" }, .expect = "dist-port-twice" },
	{ { NAME, GOOD, "ERL_OPTIONS=-erl_epmd_port 1 -erl_epmd_port 1" }, .expect = "dist-port-twice" },
	{ { NAME, GOOD, "ERL_EPMD_PORT=4370" }, .expect = "epmd-port-differs" },
	{ { NAME, GOOD, "ERL_EPMD_PORT=4369" }, .expect = "" },
	/* interface */
	{ { NAME, "dist-range=4370-4379", "INET_DIST_INTERFACE=lo" }, .expect = "interface-ignored" },
	{ { NAME, "dist-range=4370-4379", "INET_DIST_INTERFACE=127.1" }, .expect = "" },
	{ { NAME, "dist-range=4370-4379", "INET_DIST_INTERFACE?" }, .expect = "" },
	{ { NAME, "dist-range=4370-4379", "INET_DIST_INTERFACE=::1" }, .expect = "interface-unusable" },
	{ { NAME, "dist-range=4370-4379", "INET_DIST_INTERFACE=127.0.0.1" },
	  .unbindable = true,
	  .expect = "interface-unusable" },
	{ { NAME, "dist-range=4370-4379", "INET_DIST_INTERFACE=224.0.0.1" }, .expect = "interface-unusable" },
	{ { NAME, "dist-range=4370-4379", "INET_DIST_INTERFACE=fe80::1%lo", "tls-dist=inet6_tcp" },
	  .host = "::1",
	  .expect = "interface-unusable" },
	{ { NAME, "dist-range=4370-4379", "INET_DIST_INTERFACE=::1", "tls-dist=inet6_tls" },
	  .host = "::1",
	  .expect = "" },
	{ { NAME, "dist-range=4370-4379", "INET_DIST_INTERFACE=0.0.0.0" }, .expect = "" },
	{ { NAME, GOOD, "tls-dist=inet_tls" }, .n_peers = 1, .host = "198.51.100.1", .expect = "interface-loopback" },
	{ { NAME, "dist-range=4370-4379", "INET_DIST_INTERFACE=127.0.0.2" }, .expect = "interface-mismatch" },
	/* epmd */
	{ { NAME, GOOD, "ERL_EPMD_ADDRESS=127.0.0.1" }, .expect = "epmd-address-ignored" },
	{ { NAME, GOOD, "ERL_EPMD_ADDRESS=127.0.0.1" }, .no_socket = true, .expect = "" },
	{ { NAME, GOOD, "ERL_EPMD_ADDRESS=127.0.0.1" },
	  { LISTENER(1, 4369, 0, .pid = 1, .unit = "epmd.socket") },
	  .silent = true,
	  .expect = "" },
	{ { NAME, GOOD, "ERL_EPMD_ADDRESS=127.0.0.2" },
	  { LISTENER(1, 4369, 0, .pid = 1, .unit = "epmd.socket") },
	  .silent = true,
	  .expect = "epmd-address-ignored" },
	{ { NAME, GOOD, "ERL_EPMD_ADDRESS=localhost" }, .expect = "epmd-address-ignored" },
	{ { NAME, GOOD, "ERL_EPMD_ADDRESS=localhost" }, .no_socket = true, .expect = "epmd-address-invalid" },
	{ { NAME, GOOD }, { EPMD_LISTENER }, { EPMD_PROCESS }, .expect = "" },
	{ { NAME, GOOD }, { EPMD_LISTENER }, { EPMD_PROCESS }, .unsafe = true, .expect = "epmd-foreign" },
	{ { NAME, GOOD }, { LISTENER(1, 4369, ALICE, .pid = 20) }, { EPMD_PROCESS }, .expect = "epmd-foreign" },
	{ { NAME, GOOD }, { LISTENER(1, 4369, 0, .pid = 77) }, .expect = "epmd-foreign" },
	{ { NAME, GOOD }, { EPMD_LISTENER, LISTENER(9, 4369, ALICE) }, { EPMD_PROCESS }, .expect = "epmd-foreign" },
	{ { NAME, GOOD },
	  { LISTENER(1, 4369, EJABBERD, .pid = 9) },
	  { NODE(9, "other@localhost") },
	  .expect = "node-differs listener-outside epmd-foreign" },
	{ { NAME, GOOD },
	  { { ADDRESS(1), .port = 4369, .uid = EPMD, .pid = 20 } },
	  { EPMD_PROCESS },
	  .expect = "epmd-stray" },
	{ { NAME, GOOD }, { EPMD_LISTENER }, { EPMD_PROCESS }, .silent = true, .expect = "epmd-silent" },
	{ { NAME, GOOD }, { LISTENER(1, 4369, 0, .pid = 1) }, .silent = true, .expect = "" },
	{ { NAME, "dist-range=4370-4379", "tls-dist=inet_tls" },
	  { EPMD_LISTENER },
	  { EPMD_PROCESS },
	  .n_peers = 1,
	  .host = "198.51.100.1",
	  .expect = "epmd-loopback" },
	/* names and what runs */
	{ { NAME, GOOD },
	  { EPMD_LISTENER, LISTENER(1, 4370, EJABBERD, .pid = 9) },
	  { EPMD_PROCESS, NODE(9, "ejabberd@localhost") },
	  { { "ejabberd", 4370 } },
	  .expect = "" },
	{ { NAME, GOOD },
	  { EPMD_LISTENER, LISTENER(1, 4380, EJABBERD, .pid = 9) },
	  { EPMD_PROCESS, NODE(9, "ejabberd@localhost") },
	  { { "ejabberd", 4380 } },
	  .expect = "listener-outside" },
	{ { NAME, GOOD },
	  { EPMD_LISTENER, LISTENER(2, 4370, EJABBERD, .pid = 9) },
	  { EPMD_PROCESS, NODE(9, "ejabberd@localhost") },
	  { { "ejabberd", 4370 } },
	  .expect = "listener-address" },
	{ { NAME, GOOD },
	  { EPMD_LISTENER, LISTENER(1, 4370, EJABBERD, .pid = 9), LISTENER(1, 4371, EJABBERD, .pid = 10) },
	  { EPMD_PROCESS, NODE(9, "ejabberd@localhost") },
	  { { "ejabberd", 4371 } },
	  .expect = "name-hijacked" },
	{ { NAME, GOOD },
	  { EPMD_LISTENER, LISTENER(1, 4370, EJABBERD, .pid = 9), LISTENER(1, 9000, ALICE) },
	  { EPMD_PROCESS, NODE(9, "ejabberd@localhost") },
	  { { "ejabberd", 9000 } },
	  .expect = "name-hijacked" },
	{ { NAME, GOOD },
	  { EPMD_LISTENER, LISTENER(1, 4370, EJABBERD, .pid = 9), LISTENER(9, 4370, ALICE) },
	  { EPMD_PROCESS, NODE(9, "ejabberd@localhost") },
	  { { "ejabberd", 4370 } },
	  .expect = "range-taken name-hijacked" },
	{ { NAME, GOOD },
	  { EPMD_LISTENER, LISTENER(1, 9000, ALICE) },
	  { EPMD_PROCESS },
	  { { "ejabberd", 9000 } },
	  .expect = "name-taken" },
	{ { NAME, GOOD }, { EPMD_LISTENER }, { EPMD_PROCESS }, { { "ejabberd", 9000 } }, .expect = "name-taken" },
	{ { NAME, GOOD },
	  { EPMD_LISTENER },
	  { EPMD_PROCESS },
	  .silent = true,
	  .own_port = 9000,
	  .expect = "epmd-silent name-taken" },
	{ { NAME, GOOD },
	  { EPMD_LISTENER, LISTENER(1, 4370, EJABBERD, .pid = 9) },
	  { EPMD_PROCESS, NODE(9, "ejabberd@localhost") },
	  .own_port = 4370,
	  .expect = "" },
	{ { NAME, GOOD },
	  { LISTENER(1, 5222, EJABBERD, .pid = 9) },
	  { NODE(9, "ejabberd@localhost") },
	  .silent = true,
	  .expect = "listener-outside" },
	{ { GOOD, "ERLANG_NODE?" },
	  { EPMD_LISTENER, LISTENER(1, 9000, ALICE) },
	  { EPMD_PROCESS },
	  { { "ejabberd", 9000 } },
	  .expect = "name-taken" },
	{ { NAME, GOOD }, { EPMD_LISTENER }, { EPMD_PROCESS }, { { "rabbit", 9000 } }, .expect = "registered-foreign" },
	{ { NAME, GOOD },
	  { EPMD_LISTENER, LISTENER(1, 9000, 0) },
	  { EPMD_PROCESS },
	  { { "rabbit", 9000 } },
	  .expect = "" },
	{ { NAME, GOOD },
	  { LISTENER(1, 4369, ALICE) },
	  { EPMD_PROCESS },
	  { { "ejabberd", 9000 } },
	  .expect = "epmd-foreign" },
	{ { NAME, GOOD },
	  { EPMD_LISTENER },
	  { EPMD_PROCESS, NODE(9, "ejabberd@localhost") },
	  .expect = "node-unregistered" },
	{ { NAME, GOOD, "ERL_DIST_PORT=4370" },
	  { EPMD_LISTENER },
	  { EPMD_PROCESS, NODE(9, "ejabberd@localhost") },
	  .expect = "" },
	{ { NAME, GOOD }, .processes = { NODE(9, "ejabberd@elsewhere") }, .expect = "node-differs" },
	{ { NAME, GOOD }, .processes = { NODE(9, "ejabberd@localhost", .long_name = true) }, .expect = "node-differs" },
	{ { NAME, GOOD },
	  .processes = { PROCESS(9, EJG_PROCESS_NODE, ALICE, .node = "ejabberd@elsewhere") },
	  .expect = "node-stranger" },
	{ { NAME, GOOD },
	  .processes = { { .pid = 9, .role = EJG_PROCESS_NODE, .node = "rabbit@localhost" } },
	  .expect = "" },
	{ { NAME, GOOD },
	  .processes = { NODE(9, "ejabberd@localhost", ARGUMENTS("-erl_epmd_port", "1", "-erl_epmd_port", "2")) },
	  .expect = "dist-port-twice node-range" },
	{ { NAME, GOOD },
	  .processes = { NODE(9, "ejabberd@localhost",
			      ARGUMENTS("-erl_epmd_port", "1", "-extra", "-erl_epmd_port", "2")) },
	  .expect = "node-range" },
	{ { NAME, GOOD },
	  { EPMD_LISTENER, { ADDRESS(1), .port = 22, .pid = 77 } },
	  { EPMD_PROCESS },
	  { { "ejabberd", 22 } },
	  .expect = "name-taken" },
	{ { NAME, GOOD },
	  { EPMD_LISTENER, { ADDRESS(1), .port = 22, .pid = 77 } },
	  { EPMD_PROCESS },
	  { { "other", 22 } },
	  .expect = "registered-foreign" },
	{ { NAME, GOOD },
	  { EPMD_LISTENER, LISTENER(1, 4370, EJABBERD, .pid = 9), LISTENER(1, 5222, EJABBERD, .pid = 9) },
	  { EPMD_PROCESS, NODE(9, "ejabberd@localhost") },
	  { { "ejabberd", 5222 } },
	  .public_ports = { 5222, 5222 },
	  .expect = "listener-outside name-hijacked" },
	{ { NAME, GOOD, "ERL_EPMD_ADDRESS=127.0.0.1" },
	  { EPMD_LISTENER, { .address = { .length = 128 }, .port = 4369, .uid = EPMD, .pid = 20, .in_service = true } },
	  { EPMD_PROCESS },
	  .expect = "epmd-address-ignored" },
	{ { NAME, GOOD, "ERL_EPMD_ADDRESS=127.0.0.1" },
	  { EPMD_LISTENER, LISTENER(2, 4369, EPMD, .pid = 20) },
	  { EPMD_PROCESS },
	  .expect = "" },
	{ { NAME, GOOD }, { LISTENER(1, 4369, 0) }, .silent = true, .expect = "" },
	/* TLS */
	{ { NAME, GOOD }, .config = { 0, NODE_TLS_REQUIRED }, .expect = "tls-missing" },
	{ { NAME, GOOD, "tls-dist=inet_tcp" }, .config = { 0, NODE_TLS_REQUIRED }, .expect = "tls-missing" },
	{ { NAME, GOOD, "tls-dist?" }, .config = { 0, NODE_TLS_REQUIRED }, .expect = "tls-missing" },
	{ { NAME, GOOD, "tls-dist=inet_tls" }, .config = { 0, NODE_TLS_REQUIRED }, .expect = "" },
	{ { NAME, GOOD, "tls-dist=inet_tls" },
	  .processes = { NODE(9, "ejabberd@localhost") },
	  .config = { 0, NODE_TLS_REQUIRED },
	  .expect = "tls-missing" },
	{ { NAME, GOOD, "tls-dist=inet_tls" },
	  .processes = { NODE(9, "ejabberd@localhost", ARGUMENTS("-proto_dist", "inet_tls")) },
	  .config = { 0, NODE_TLS_REQUIRED },
	  .expect = "" },
	{ { NAME, "dist-range=4370-4379" },
	  .config = { 0, NODE_TLS_OPTIONAL },
	  .n_peers = 1,
	  .host = "198.51.100.1",
	  .expect = "" },
	{ { NAME, "dist-range=4370-4379", "tls-dist?" }, .n_peers = 1, .host = "198.51.100.1", .expect = "" },
};

#endif
