/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Resolves host parts from the test's own files; the resolver is not asked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "libejguard/modules/node/hosts.h"
#include "libejguard/util/address.h"
#include "libejguard/util/cleanup.h"

/* Debian's file, with more lines. */
static const char inetrc[] = "{lookup,[\"file\",\"native\"]}.\n"
			     "{host,{127,0,0,1}, [\"localhost\",\"hostalias\"]}.\n"
			     "% {host,{192,0,2,1}, [\"commented\"]}.\n"
			     "{ host , {198,51,100,7},\n\t[ \"seven\" ] }.\n"
			     "{host,{8193,3512,0,0,0,0,0,7},[\"seven\"]}.\n"
			     "{host,{1,2,3},[\"short\"]}.\n{host,{1,2,3,4,5},[\"long\"]}.\n{host,{},[\"none\"]}.\n"
			     "{host,{192,0,2,9},[\"\",\"after-empty\"]}.\n{file, resolv, \"/etc/resolv.conf\"}.\n";

static const char hosts[] =
	"127.0.0.1 localhost\n::1 localhost ip6-localhost\n127.0.1.1\tserver.example server # old\n"
	"#192.0.2.1 commented\n198.51.100.1 Node1.Example node1\n198.51.100.2 two\n198.51.100.3 two\n"
	"2001:db8::1 node1\nnonsense odd\n192.0.2.300 odd\n192.0.2.5\n192.0.2.8 seven";

static const struct {
	const char *name;
	bool ipv6;
	enum node_host_source source;
	const char *addresses; /* blank-separated */
} table[] = {
	{ "localhost", false, NODE_HOST_INETRC, "127.0.0.1" },
	{ "localhost", true, NODE_HOST_FILE, "::1" },
	{ "HOSTALIAS", false, NODE_HOST_INETRC, "127.0.0.1" },
	{ "seven", false, NODE_HOST_INETRC, "198.51.100.7" },
	{ "seven", true, NODE_HOST_INETRC, "2001:db8::7" },
	{ "after-empty", false, NODE_HOST_INETRC, "192.0.2.9" },
	{ "server", false, NODE_HOST_FILE, "127.0.1.1" },
	{ "server.example", false, NODE_HOST_FILE, "127.0.1.1" },
	{ "node1.example", false, NODE_HOST_FILE, "198.51.100.1" },
	{ "node1", true, NODE_HOST_FILE, "2001:db8::1" },
	{ "two", false, NODE_HOST_FILE, "198.51.100.2 198.51.100.3" },
	{ "127.0.0.1", false, NODE_HOST_LITERAL, "127.0.0.1" },
	{ "::1", true, NODE_HOST_LITERAL, "::1" },
	{ "::1", false, NODE_HOST_UNKNOWN, "" },
	{ "commented", false, NODE_HOST_UNASKED, "" },
	{ "short", false, NODE_HOST_UNASKED, "" },
	{ "long", false, NODE_HOST_UNASKED, "" },
	{ "none", false, NODE_HOST_UNASKED, "" },
	{ "odd", false, NODE_HOST_UNASKED, "" },
	{ "old", false, NODE_HOST_UNASKED, "" },
	{ "elsewhere", false, NODE_HOST_UNASKED, "" },
};

struct files {
	char folder[64];
	char inetrc[96];
	char hosts[96];
};

static void write_file(const char *path, const char *content)
{
	cleanup_file FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_true(fputs(content, file) >= 0);
}

static int setup(void **state)
{
	static struct files files;

	strcpy(files.folder, "/tmp/ejguard-node.XXXXXX");
	if (!mkdtemp(files.folder))
		return -1;
	snprintf(files.inetrc, sizeof(files.inetrc), "%s/inetrc", files.folder);
	snprintf(files.hosts, sizeof(files.hosts), "%s/hosts", files.folder);
	write_file(files.inetrc, inetrc);
	write_file(files.hosts, hosts);
	*state = &files;
	return 0;
}

static int teardown(void **state)
{
	struct files *files = *state;

	unlink(files->inetrc);
	unlink(files->hosts);
	return rmdir(files->folder);
}

static void resolve(const struct files *files, const char *name, bool ipv6, struct node_host *ret)
{
	assert_int_equal(node_host_resolve(name,
					   &(struct node_hosts_source){
						   .inetrc = files->inetrc, .hosts = files->hosts, .ipv6 = ipv6 },
					   ret),
			 0);
}

static void test_resolve(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		char text[512] = "", one[EJG_PREFIX_TEXT_SIZE];
		struct node_host host;

		resolve(*state, table[i].name, table[i].ipv6, &host);
		for (size_t j = 0; j < host.n; j++) {
			if (j)
				strcat(text, " ");
			strcat(text, ejg_prefix_format(&host.addresses[j], one));
		}
		if (host.source != table[i].source || strcmp(text, table[i].addresses) != 0)
			fail_msg("%s: source %d, '%s'", table[i].name, host.source, text);
	}
}

/* Without "file" among the lookups Erlang ignores its own table. */
static void test_native(void **state)
{
	const struct files *files = *state;
	struct node_host host;

	write_file(files->inetrc, "{lookup,[native]}.\n{host,{192,0,2,1},[\"file\",\"localhost\"]}.\n");
	resolve(files, "localhost", false, &host);
	assert_int_equal(host.source, NODE_HOST_FILE);
	write_file(files->inetrc, inetrc);
}

static void test_hostile_files(void **state)
{
	static const char *const contents[] = {
		"",
		"{host,{",
		"{lookup,[\"file\"]}.{host,{1,2,3,4},[",
		"{lookup,[file]}.{host,{1,2,3,4},[\"",
		"{lookup,[\"file\"]}.{host,{1,2,3,4},[\"\"\"\"\"\"]}.",
		"{lookup,[\"file",
		"\"%%%",
		"%",
		"{lookup,[file]}.{host,{99999999999999999999,1,1,1},[\"other\"]}.",
	};
	const struct files *files = *state;
	struct node_host host;

	for (size_t i = 0; i < ARRAY_SIZE(contents); i++) {
		write_file(files->inetrc, contents[i]);
		resolve(files, "localhost", false, &host);
		assert_int_equal(host.source, NODE_HOST_FILE);
	}
	unlink(files->inetrc);
	assert_int_equal(mkfifo(files->inetrc, 0600), 0);
	resolve(files, "localhost", false, &host);
	assert_int_equal(host.source, NODE_HOST_FILE);
	unlink(files->inetrc);
	write_file(files->inetrc, inetrc);
}

/* One name with more addresses than the limit. */
static void test_many(void **state)
{
	const struct files *files = *state;
	struct node_host host;
	FILE *file = fopen(files->hosts, "we");

	assert_non_null(file);
	for (unsigned int i = 1; i < 60000; i++)
		fprintf(file, "10.%u.%u.%u many\n", i >> 16, i >> 8 & 255, i & 255);
	fclose(file);
	resolve(files, "many", false, &host);
	assert_int_equal(host.n, NODE_HOST_MAX);
	write_file(files->hosts, hosts);
}

static const struct {
	const char *addresses[3];
	enum node_host_class class;
} class_table[] = {
	{ { NULL }, NODE_CLASS_NOTHING },
	{ { "127.0.0.1" }, NODE_CLASS_LOOPBACK },
	{ { "127.0.1.1" }, NODE_CLASS_LOOPBACK },
	{ { "::1" }, NODE_CLASS_LOOPBACK },
	{ { "198.51.100.1" }, NODE_CLASS_OWN },
	{ { "127.0.0.1", "198.51.100.1" }, NODE_CLASS_OWN },
	{ { "198.51.100.2" }, NODE_CLASS_ELSEWHERE },
	{ { "198.51.100.1", "198.51.100.2" }, NODE_CLASS_ELSEWHERE },
	{ { "128.0.0.1" }, NODE_CLASS_ELSEWHERE },
};

static void test_classes(void **state)
{
	const char *problem;
	struct ejg_prefix own;

	assert_int_equal(prefix_parse("198.51.100.1", &own, &problem), 0);
	for (size_t i = 0; i < ARRAY_SIZE(class_table); i++) {
		struct node_host host = { .n = 0 };

		for (const char *const *at = class_table[i].addresses; *at; at++)
			assert_int_equal(prefix_parse(*at, &host.addresses[host.n++], &problem), 0);
		assert_int_equal(node_host_classify(&host, &own, 1), class_table[i].class);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_resolve), cmocka_unit_test(test_native),	cmocka_unit_test(test_hostile_files),
		cmocka_unit_test(test_many),	cmocka_unit_test(test_classes),
	};

	return cmocka_run_group_tests_name("node-hosts", tests, setup, teardown);
}
