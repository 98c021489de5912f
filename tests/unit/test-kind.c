/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of kinds, and the key-value files of some of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "libejguard/service/base/kind.h"
#include "libejguard/service/kind/keys.h"
#include "libejguard/util/cleanup.h"

static void every_name_has_a_row(void **state)
{
	(void)state;
	for (const char *const *name = kind_names(); *name; name++) {
		const struct service_kind *kind = kind_by_name(*name);

		assert_non_null(kind);
		assert_string_equal(kind->known.name, *name);
		assert_int_equal(kind->has_script, strcmp(*name, "ejabberd") == 0);
		/* a kind without ejabberd's script has its own remedies */
		assert_int_equal(kind->known.range_remedy != NULL, !kind->has_script);
	}
	assert_null(kind_by_name("riak"));
}

static void commands_tell_the_kind(void **state)
{
	static const struct {
		const char *line, *kind;
	} rows[] = {
		{ "/usr/sbin/ejabberdctl foreground", "ejabberd" },
		{ "/bin/sh -c 'exec ejabberdctl foreground'", "ejabberd" },
		{ "/usr/sbin/rabbitmq-server", "rabbitmq" },
		{ "-/opt/couchdb/bin/couchdb", "couchdb" },
		{ "/bin/bash /usr/bin/emqx foreground", "emqx" },
		{ "/usr/lib/vernemq/bin/vernemq start", "vernemq" },
		{ "/usr/bin/backup /var/lib/couchdb", NULL },
		{ "/usr/bin/mqtt-bridge --to emqx", NULL },
		{ "/srv/app/bin/api start", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct service_kind *kind = kind_by_command(rows[i].line);

		if (rows[i].kind)
			assert_string_equal(kind ? kind->known.name : "none", rows[i].kind);
		else
			assert_null(kind);
	}
}

/* "key=text;..." of all entries; "?" if the value is unknown. */
static const char *read_all(struct arena *arena, const char *text)
{
	struct key_value *items = NULL;
	const char *all = "", *problem = "";
	size_t n = 0;

	assert_int_equal(keys_read(arena, text, strlen(text), false, &items, &n, &problem), 0);
	assert_null(problem);
	for (size_t i = 0; i < n; i++)
		all = arena_printf(arena, "%s%s=%s@%u;", all, items[i].key ? items[i].key : "*",
				   items[i].text ? items[i].text : "?", items[i].line);
	return all;
}

static void keys_are_put_together(void **state)
{
	static const struct {
		const char *text, *all;
	} rows[] = {
		{ "nodename = VerneMQ@127.0.0.1\n# x = y\na.b=1", "nodename=VerneMQ@127.0.0.1@1;a.b=1@3;" },
		{ "node {\n  name = \"emqx@127.0.0.1\" # the name\n  cookie: \"x\"\n}\nlog.level = info",
		  "node.name=emqx@127.0.0.1@2;node.cookie=x@3;log.level=info@5;" },
		{ "node = { name = a, role = core }", "node.name=a@1;node.role=core@1;" },
		{ "a { b { c = 1 } d = 2 }", "a.b.c=1@1;a.d=2@1;" },
		{ "// no\nname = ${?WHO}\nlist = [1,\n 2]\nlast = 3", "name=?@2;list=?@3;last=3@5;" },
		{ "x = \"a\" \"b\"\ny = \"\"\"long\nlong\"\"\"\nz = 1", "x=?@1;y=?@2;z=1@4;" },
		{ "listener.vmq.clustering = 127.0.0.1:44053", "listener.vmq.clustering=127.0.0.1:44053@1;" },
		{ "}}}\n{ { {", "" },
		{ "", "" },
		{ "word", "" },
		{ "node { word }\nname = a", "name=a@2;" },
		{ "include \"b.conf\"\nname = a", "*=?@1;name=a@2;" },
		{ "a { include required(file(\"b.conf\")) }\n", "*=?@1;" },
		{ "include = b\nincludes \"c\"\n# include \"d\"\n", "include=b@1;" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		cleanup_arena struct arena *arena = arena_new();

		assert_string_equal(read_all(arena, rows[i].text), rows[i].all);
	}
}

/* Repeats a piece many times, with an end. Return: why it is not read completely; NULL: it is. */
static const char *problem_of(const char *piece, size_t times, const char *end)
{
	cleanup_arena struct arena *arena = arena_new();
	const size_t length = strlen(piece), size = times * length + strlen(end);
	struct key_value *items = NULL;
	char *text = arena_alloc(arena, size + 1), *to = text;
	const char *problem = "";
	size_t n = 0;

	assert_non_null(text);
	for (size_t i = 0; i < times; i++)
		to = mempcpy(to, piece, length);
	strcpy(to, end);
	assert_int_equal(keys_read(arena, text, size, false, &items, &n, &problem), 0);
	return problem;
}

/* If the reader stops early, it says so: the rest may set anything. */
static void what_is_not_read_is_told(void **state)
{
	char key[600];

	(void)state;
	memset(key, 'k', sizeof(key) - 1);
	key[sizeof(key) - 1] = '\0';
	assert_null(problem_of("a{", 31, "b=1"));
	assert_non_null(strstr(problem_of("a{", 32, "b=1"), "too deeply"));
	assert_null(problem_of("a=1\n", KEYS_MAX, ""));
	assert_non_null(strstr(problem_of("a=1\n", KEYS_MAX + 1, ""), "too many keys"));
	assert_null(problem_of("a{}\n", KEYS_MAX, "b=1"));
	assert_non_null(strstr(problem_of("a{}\n", KEYS_MAX + 1, "b=1"), "too many blocks"));
	assert_null(problem_of(key, 1, "=1"));
	assert_non_null(strstr(problem_of(key, 1, "{b=1}"), "too deeply"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_name_has_a_row),
		cmocka_unit_test(commands_tell_the_kind),
		cmocka_unit_test(keys_are_put_together),
		cmocka_unit_test(what_is_not_read_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
