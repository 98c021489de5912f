/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "libejguard/util/address.h"
#include "libejguard/util/cleanup.h"
#include "tests/unit/facts-fixture.h"

static const char *describe(struct fixture *f)
{
	char prefix[EJG_PREFIX_TEXT_SIZE];
	const char *text = "";

	for (size_t i = 0; i < f->facts->n_peers; i++) {
		const struct ejg_peer *peer = &f->facts->peers[i];

		text = arena_printf(f->scratch->arena, "%s%s%s", text, i > 0 ? " " : "",
				    peer->name ? peer->name : ejg_prefix_format(&peer->prefix, prefix));
	}
	return text;
}

static void test_entries(void **state)
{
	static const char *const good[] = {
		"198.51.100.7",
		"198.51.100.0/24 2001:db8::7 2001:db8:1::/48",
		"198.51.100.0/24 198.51.100.7", /* one inside the other */
		"fe80::1%lo",
		"node1.example.org node2 10.example NODE3. 1e100.net a-b xn--nxasmq6b",
	};
	struct fixture f;

	fixture_init(&f, state);
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		assert_int_equal(fixture_collect(&f, arena_printf(f.scratch->arena, "peers %s", good[i])), 0);
		assert_string_equal(describe(&f), good[i]);
		assert_int_equal(f.facts->peers_origin.kind, EJG_ORIGIN_STACK);
		assert_string_equal(f.facts->peers[0].origin.file, "stack");
	}
}

static const struct {
	const char *text;
	const char *message;
} wrong[] = {
	{ "127.0.0.1", "loopback" },
	{ "127.1.2.0/24", "loopback" },
	{ "::1", "loopback" },
	{ "::ffff:127.0.0.1", "loopback" },
	{ "localhost", "localhost" },
	{ "LocalHost", "localhost" },
	{ "x.localhost", "localhost" },
	{ "localhost.", "localhost is this" },
	{ "0.0.0.0", "wildcard" },
	{ "::", "wildcard" },
	{ "0.0.0.0/0", "includes loopback" },
	{ "::/0", "includes loopback" },
	{ "::/64", "includes loopback" },
	{ "126.0.0.0/7", "includes loopback" },
	{ "fe80::1", "%INTERFACE" },
	{ "fe80::/64", "%INTERFACE" },
	{ "fe80::1%no-such-if", "fe80::1%no-such-if" },
	{ "224.0.0.1", "multicast" },
	{ "239.0.0.0/8", "multicast" },
	{ "ff02::1", "multicast" },
	{ "198.51.100.300", "198.51.100.300" },
	{ "198.51.100", "198.51.100" },
	{ "198.51.100.7.8", "198.51.100.7.8" },
	{ "198.51.100.1/24", "198.51.100.1/24" },
	{ "198.51.100.0/33", "198.51.100.0/33" },
	{ "1.2.3.0x4", "1.2.3.0x4" },
	{ "0x7f000001", "0x7f000001" },
	{ "2130706433", "2130706433" },
	{ "host.1", "host.1" },
	{ "...", "..." },
	{ "10.", "10." },
	{ "2001:db8::g", "2001:db8::g" },
	{ "[2001:db8::7]", "[2001:db8::7]" },
	{ "198.51.100.7:4369", "198.51.100.7:4369" },
	{ "node_1", "node_1" },
	{ "node1/24", "node1/24" },
	{ "ejabberd@node1", "ejabberd@node1" },
	{ "-node", "must not begin or end" },
	{ "node-.x", "must not begin or end" },
	{ ".node", "is empty" },
	{ "node..x", "is empty" },
	{ "a123456789012345678901234567890123456789012345678901234567890123.x", "too long" },
	{ "198.51.100.7,198.51.100.8", "198.51.100.7,198.51.100.8" },
	{ "@peers", "absolute path" },
	{ "@", "absolute path" },
	{ "@/nonexistent/peers", "/nonexistent" },
	{ "198.51.100.7 198.51.100.7", "is already at stack:1:7" },
	{ "198.51.100.7 ::ffff:198.51.100.7", "is already at stack:1:7" },
	{ "198.51.100.7/32 198.51.100.7", "is already at stack:1:7" },
	{ "2001:db8::7 2001:0DB8:0::7", "already" },
	{ "Node1.example node1.EXAMPLE.", "already" },
};

static void test_wrong_entries(void **state)
{
	struct fixture f;

	fixture_init(&f, state);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		fixture_refused(&f, arena_printf(f.scratch->arena, "peers %s", wrong[i].text), "fact-value",
				wrong[i].message);
}

static const char *peer_file(struct fixture *f, const char *before)
{
	return arena_printf(f->scratch->arena, "peers %s@%s/peers", before, f->scratch->folder);
}

static void test_file(void **state)
{
	struct fixture f;

	fixture_init(&f, state);
	scratch_text(f.scratch, "peers",
		     "# cluster\n198.51.100.7\n\n  2001:db8::7\t# two\r\n\r\n#x\r\n198.51.100.8\r\n \t \nnode1");
	assert_int_equal(fixture_collect(&f, peer_file(&f, "203.0.113.1 ")), 0);
	assert_string_equal(describe(&f), "203.0.113.1 198.51.100.7 2001:db8::7 198.51.100.8 node1");
	assert_string_equal(f.facts->peers[4].origin.file, fixture_path(f.scratch, "peers"));
	assert_int_equal(f.facts->peers[4].origin.line, 9);
	scratch_text(f.scratch, "peers", "");
	assert_int_equal(fixture_collect(&f, peer_file(&f, "")), 0);
	assert_int_equal(f.facts->n_peers, 0);
}

static void test_wrong_file(void **state)
{
	static const char nul[] = "198.51.100.7\0.8\n";
	static const struct {
		const char *text;
		const char *message;
	} table[] = {
		{ "198.51.100.7 198.51.100.8\n", "one entry a line" },
		{ "198.51.100.7#x\n", "put a blank" },
		{ "198.51.100.7\r198.51.100.8\n", "one entry a line" },
		{ "@/etc/peers\n", "must not name another file" },
		{ "198.51.100.7\n198.51.100.7\n", "/peers:1:1: remove one" },
		{ "203.0.113.1\n", "is already at stack:1:7" },
		{ "\xef\xbb\xbf"
		  "198.51.100.7\n",
		  "198.51.100.7" },
		{ "auto\nlocalhost\n", "localhost" },
	};
	struct fixture f;

	fixture_init(&f, state);
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		scratch_text(f.scratch, "peers", table[i].text);
		fixture_refused(&f, peer_file(&f, "203.0.113.1 "), "fact-value", table[i].message);
	}
	scratch_write(f.scratch, "peers", nul, sizeof(nul) - 1);
	fixture_refused(&f, peer_file(&f, ""), "fact-value", "NUL");
	scratch_text(f.scratch, "peers", "198.51.100.7\n");
	assert_int_equal(chmod(scratch_path(f.scratch, "peers"), 0666), 0);
	fixture_refused(&f, peer_file(&f, ""), "fact-value", "/peers");
}

/* n peers in a file; the last `twice` of them are the first ones again. Return: milliseconds. */
static double collect_many(struct fixture *f, unsigned int n, unsigned int twice, int expected)
{
	cleanup_free char *text = malloc((size_t)n * 32);
	struct timespec from, to;
	char *end = text;

	assert_non_null(text);
	for (unsigned int i = 0; i < n; i++) {
		const unsigned int number = (i < n - twice ? i : i - (n - twice)) * 40503U % 65537U;

		end += i % 2 ? sprintf(end, "2001:db8::%x\n", number)
			     : sprintf(end, "10.%u.%u.%u\n", number >> 16, number >> 8 & 255, number & 255);
	}
	scratch_write(f->scratch, "peers", text, end - text);
	clock_gettime(CLOCK_MONOTONIC, &from);
	assert_int_equal(fixture_collect(f, peer_file(f, "")), expected);
	clock_gettime(CLOCK_MONOTONIC, &to);
	return (to.tv_sec - from.tv_sec) * 1e3 + (to.tv_nsec - from.tv_nsec) / 1e6;
}

static void test_many(void **state)
{
	struct fixture f;

	fixture_init(&f, state);
	print_message("%u peers: %.1f ms\n", FACTS_MAX_PEERS, collect_many(&f, FACTS_MAX_PEERS, 0, 0));
	assert_int_equal(f.facts->n_peers, FACTS_MAX_PEERS);
	collect_many(&f, FACTS_MAX_PEERS + 1, 0, -EBADMSG);
	assert_reported(f.scratch->report, "fact-value", "more than 65536 peers");
	collect_many(&f, 1000, 500, -EBADMSG);
	assert_reported(f.scratch->report, "fact-value", "too many wrong peers");
	assert_int_equal(report_finding_count(f.scratch->report), FACTS_MAX_ERRORS + 1);
}

static void test_large_file(void **state)
{
	struct fixture f;
	char *text = malloc(FACTS_MAX_PEER_FILE + 1);

	assert_non_null(text);
	memset(text, '\n', FACTS_MAX_PEER_FILE + 1);
	fixture_init(&f, state);
	scratch_write(f.scratch, "peers", text, FACTS_MAX_PEER_FILE + 1);
	free(text);
	fixture_refused(&f, peer_file(&f, ""), "fact-value", "16 MiB");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(test_entries),    scratch_test(test_wrong_entries), scratch_test(test_file),
		scratch_test(test_wrong_file), scratch_test(test_many),		 scratch_test(test_large_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
