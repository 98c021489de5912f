/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Texts, and the results of ejabberd's own parser: the right side was made by fast_yaml 1.0.36 and yconf 1.0.15 (Debian
 * 12), those with a version of 2507 by yconf 1.0.23, except for keywords, which are replaced as in ejabberd_config.erl.
 * a: atom, b: string, i: integer, f: number with a point, ?: unknown.
 */
#include "scratch.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libejguard/modules/lib/yml/load.h"
#include "libejguard/util/arena.h"
#include "libejguard/util/cleanup.h"

static const struct {
	const char *text;
	const char *expected; /* NULL: refused */
	unsigned int version;
} vectors[] = {
	{ "", "[]" },
	{ "# c\n", "[]" },
	{ "a: 1\nb: 0x10\nc: 010\nd: -7\ne: +7\n", "[{a<a>,i1},{a<b>,a<0x10>},{a<c>,i10},{a<d>,i-7},{a<e>,i7}]" },
	{ "a: 1.5\nb: .5\nc: 5.\nd: 1e5\ne: 1.5e3\nf: 1.5e\n",
	  "[{a<a>,f},{a<b>,f},{a<c>,f},{a<d>,a<1e5>},{a<e>,f},{a<f>,a<1.5e>}]" },
	{ "a: 99999999999999999999\n", "[{a<a>,i9223372036854775807}]" },
	{ "a: true\nb: 'true'\nc: \"true\"\n", "[{a<a>,a<true>},{a<b>,a<true>},{a<c>,b<true>}]" },
	{ "a: '5'\nb: \"5\"\nc: ''\nd:\ne: ~\n", "[{a<a>,a<5>},{a<b>,b<5>},{a<c>,a<>},{a<d>,b<>},{a<e>,a<~>}]" },
	{ "a: |\n  5\nb: |-\n  5\nc: >-\n  x\n", "[{a<a>,b<5\\0a>},{a<b>,i5},{a<c>,b<x>}]" },
	{ "a: &x [1]\nb: *x\n", "[{a<a>,[i1]},{a<b>,b<x>}]" },
	{ "<<: {a: 1}\n", "[{a<<<>,[{a<a>,i1}]}]" },
	{ "a: {}\nb: []\n", "[{a<a>,[]},{a<b>,[]}]" },
	{ "a: !!str 5\n", "[{a<a>,i5}]" },
	{ "a: 127.0.0.1\nb: 1:2\n", "[{a<a>,a<127.0.0.1>},{a<b>,a<1:2>}]" },
	{ "a: \"x\\0y\"\n", "[{a<a>,b<x\\00y>}]" },
	{ "--- \na: 1\n---\nb: 2\n", NULL },
	{ "- 1\n", NULL },
	{ "5\n", NULL },
	{ "---\n", NULL },
	{ "a: [\n", NULL },
	{ "a: @X@\n", NULL },
	{ "define_macro:\n  X: 5\na: X\nb: 'X'\nc: \"X\"\nd: \"@X@\"\ne: x\nX: 1\n",
	  "[{a<a>,i5},{a<b>,i5},{a<c>,i5},{a<d>,b<@X@>},{a<e>,a<x>},{a<X>,i1}]" },
	{ "define_macro:\n  X: Y\n  Y: [1, Z]\n  Z: \"z\"\na: X\nb: {k: X}\n",
	  "[{a<a>,[i1,b<z>]},{a<b>,[{a<k>,[i1,b<z>]}]}]" },
	{ "define_macro:\n  X: Y\n  Y: X\na: X\n", NULL },
	{ "define_macro:\n  x: 5\n", NULL },
	{ "define_macro:\n  X: 1\ndefine_macro:\n  X: 2\n", NULL },
	{ "define_macro:\n  X: 1\ndefine_macro:\n  Y: 2\na: [X, Y]\n", "[{a<a>,[i1,i2]}]" },
	{ "define_macro: X\n", NULL },
	{ "include_config_file: inc.yaml\nb: 1\n", "[{a<i>,i1},{a<j>,i2},{a<b>,i1}]" },
	{ "b: 1\ninclude_config_file: [inc.yaml]\n", "[{a<b>,i1},{a<i>,i1},{a<j>,i2}]" },
	{ "include_config_file:\n  inc.yaml:\n    disallow: [i]\n", "[{a<j>,i2}]" },
	{ "include_config_file:\n  inc.yaml:\n    allow_only: [i]\n", "[{a<i>,i1}]" },
	{ "include_config_file:\n  inc.yaml:\n    allow_only: []\n    disallow: [j]\n", "[{a<i>,i1}]" },
	{ "include_config_file: /nonexistent\n", NULL },
	{ "include_config_file: ''\n", NULL },
	{ "include_config_file: main.yml\n", NULL },
	{ "define_macro:\n  X: \"v\"\n  Z: 5\na: \"@X@-@Z@-@Y@\"\nb: '@X@'\nc: \"a@b@X@c\"\n",
	  "[{a<a>,b<v-@Z@-@Y@>},{a<b>,a<@X@>},{a<c>,b<a@bvc>}]", 2507 },
	{ "define_macro:\n  A: \"1@B@\"\n  B: \"2\"\na: \"@A@\"\n", "[{a<a>,b<12>}]", 2507 },
	/* If yconf's result depends on the order of the macros, it is unknown here. */
	{ "define_macro:\n  A: \"x@A@\"\na: \"@A@\"\n", "[{a<a>,?}]", 2507 },
	{ "define_macro:\n  A: \"x&y\"\na: \"@A@\"\n", "[{a<a>,?}]", 2507 },
	/* ejabberd_config.erl, replace_keywords(). */
	{ "define_keyword:\n  K: \"v\"\na: \"x@K@\"\nb: K\nc: \"K\"\n", "[{a<a>,b<xv>},{a<b>,b<v>},{a<c>,b<K>}]",
	  2507 },
};

static void dump_text(FILE *out, const struct yml_node *node)
{
	fprintf(out, "%s<", node->kind == YML_ATOM ? "a" : "b");
	for (size_t i = 0; i < node->length; i++)
		if (node->text[i] < '!' || node->text[i] > '~')
			fprintf(out, "\\%02x", (unsigned char)node->text[i]);
		else
			fputc(node->text[i], out);
	fprintf(out, ">");
}

static void dump(FILE *out, const struct yml_node *node)
{
	if (node->kind == YML_INTEGER)
		fprintf(out, "i%jd", (intmax_t)node->integer);
	else if (node->kind == YML_FLOAT || node->kind == YML_UNKNOWN)
		fputc(node->kind == YML_FLOAT ? 'f' : '?', out);
	else if (node->kind != YML_LIST && node->kind != YML_MAP)
		dump_text(out, node);
	if (node->kind != YML_LIST && node->kind != YML_MAP)
		return;
	fputc('[', out);
	for (size_t i = 0; i < node->n; i++) {
		fprintf(out, "%s", i ? "," : "");
		if (node->kind == YML_LIST) {
			dump(out, node->items[i]);
			continue;
		}
		fputc('{', out);
		dump(out, node->pairs[i].key);
		fputc(',', out);
		dump(out, node->pairs[i].value);
		fputc('}', out);
	}
	fputc(']', out);
}

static bool is_refused(const struct yml_loader *loader, const struct yml_node *options)
{
	for (size_t i = 0; i < loader->n_problems; i++)
		if (loader->problems[i].kind == YML_REFUSED)
			return true;
	return !options;
}

static void reads_as_ejabberd(void **state)
{
	struct scratch *scratch = *state;
	const char *main_file;

	scratch_text(scratch, "inc.yaml", "i: 1\nj: 2\ndefine_macro:\n  M: 1\n");
	for (size_t i = 0; i < ARRAY_SIZE(vectors); i++) {
		cleanup_arena struct arena *arena = arena_new();
		struct yml_setup setup = { .spool = scratch->folder,
					   .version = vectors[i].version ? vectors[i].version : 2301 };
		struct yml_loader loader = { .arena = arena, .setup = &setup };
		char text[4096];
		FILE *out = fmemopen(text, sizeof(text), "w");
		const struct yml_node *options;

		scratch_text(scratch, "main.yml", vectors[i].text);
		main_file = arena_strdup(arena, scratch_path(scratch, "main.yml"));
		setup.config = main_file;
		options = yml_read(&loader, main_file);
		options = options ? yml_replace(&loader, options) : NULL;
		if (is_refused(&loader, options))
			fputs("refused", out);
		else
			dump(out, options);
		fclose(out);
		assert_string_equal(text, vectors[i].expected ? vectors[i].expected : "refused");
	}
}

static void keeps_places(void **state)
{
	static const char text[] = "hosts: [a]\nlisten:\n  -\n    port: X\n";
	cleanup_arena struct arena *arena = arena_new();
	struct yml_setup setup = { .config = "c.yml", .version = 2301 };
	struct yml_loader loader = { .arena = arena, .setup = &setup };
	const struct yml_node *options = yml_parse(&loader, "c.yml", text, strlen(text));
	const struct yml_pair *port = yml_find(yml_value(options, "listen")->items[0], "port");

	assert_string_equal(port->key->file, "c.yml");
	assert_int_equal(port->key->line, 4);
	assert_int_equal(port->key->column, 5);
	assert_int_equal(port->value->column, 11);
}

static void joins_and_overrides(void **state)
{
	struct scratch *scratch = *state;
	cleanup_arena struct arena *arena = arena_new();
	struct yml_setup setup = { .version = 2301, .spool = scratch->folder };
	struct yml yml;

	scratch_text(scratch, "main.yml",
		     "hosts: [a.test, b.test]\nmodules: {mod_x: {}}\nmodules: {mod_y: {}}\nlanguage: en\n"
		     "host_config:\n  A.TEST: {language: de}\nappend_host_config:\n  b.test: {modules: {mod_z: {}}}\n");
	setup.config = arena_strdup(arena, scratch_path(scratch, "main.yml"));
	assert_int_equal(yml_load(arena, &setup, &yml), 0);
	assert_int_equal(yml.n_problems, 0);
	assert_int_equal(yml.n_hosts, 2);
	assert_true(yml_is(yml_option(&yml, &yml.hosts[0], "language").value, "de"));
	assert_true(yml_option(&yml, &yml.hosts[0], "language").own);
	assert_true(yml_is(yml_option(&yml, &yml.hosts[1], "language").value, "en"));
	assert_int_equal(yml_option(&yml, &yml.hosts[0], "modules").value->n, 2);
	assert_int_equal(yml_option(&yml, &yml.hosts[1], "modules").value->n, 3);
}

/* A macro that the environment sets is unknown, even if the file defines it. */
static void leaves_the_environment(void **state)
{
	static const char text[] = "define_macro:\n  X: \"1\"\na: X\nb: \"@X@\"\nc: \"y\"\n";
	static const char *const names[] = { "X" };
	cleanup_arena struct arena *arena = arena_new();
	struct yml_setup setup = { .config = "c.yml", .environment = names, .n_environment = 1 };
	struct yml_loader loader = { .arena = arena, .setup = &setup };
	const struct yml_node *options = yml_replace(&loader, yml_parse(&loader, "c.yml", text, strlen(text)));

	assert_int_equal(yml_value(options, "a")->kind, YML_UNKNOWN);
	assert_int_equal(yml_value(options, "b")->kind, YML_UNKNOWN);
	assert_true(yml_is(yml_value(options, "c"), "y"));
}

static void opens_regular_files_only(void **state)
{
	struct scratch *scratch = *state;
	cleanup_arena struct arena *arena = arena_new();
	struct yml_setup setup = { .spool = scratch->folder };
	struct yml_loader loader = { .arena = arena, .setup = &setup };
	const char *fifo = arena_strdup(arena, scratch_path(scratch, "fifo.yml"));

	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_null(yml_read(&loader, fifo));
	assert_null(yml_read(&loader, "/dev/zero"));
	assert_null(yml_read(&loader, "/"));
	assert_int_equal(loader.n_problems, 3);
	unlink(fifo);
}

static const struct yml_path *find_path(const struct yml_paths *paths, const char *option)
{
	for (size_t i = 0; i < paths->n; i++)
		if (strcmp(paths->items[i].option, option) == 0)
			return &paths->items[i];
	return NULL;
}

static void names_paths(void **state)
{
	struct scratch *scratch = *state;
	cleanup_arena struct arena *arena = arena_new();
	struct yml_setup setup = { .version = 2507, .spool = "/spool", .home = "/home", .logs = "/logs" };
	struct yml_paths paths;
	struct yml yml;

	scratch_text(
		scratch, "main.yml",
		"hosts: [a.test]\ncertfiles: [\"/k/*.pem\", rel.pem]\ncaptcha_cmd: /bin/c x\njwt_key: \"@NONE@/key\"\n"
		"sql_type: sqlite\nsql_database: /db\nlisten:\n  - {port: \"unix:s/x\", module: ejabberd_c2s, "
		"unix_socket: {mode: \"0660\"}, certfile: /l.pem}\nmodules:\n  mod_http_upload: {}\n"
		"  mod_http_fileserver: {docroot: {a.test: /w}, accesslog: \"@LOG_PATH@/a.log\"}\n");
	setup.config = arena_strdup(arena, scratch_path(scratch, "main.yml"));
	assert_int_equal(yml_load(arena, &setup, &yml), 0);
	assert_int_equal(yml_paths_collect(arena, &yml, &paths), 0);
	assert_string_equal(paths.items[0].path, setup.config);
	assert_int_equal(find_path(&paths, "certfiles")->line, 2);
	assert_true(find_path(&paths, "certfiles")->pattern);
	assert_string_equal(find_path(&paths, "captcha_cmd")->path, "/bin/c");
	assert_string_equal(find_path(&paths, "sql_database")->path, "/db");
	assert_string_equal(find_path(&paths, "listen/port")->path, "/spool/s/x");
	assert_int_equal(find_path(&paths, "listen/port")->mode, 0660);
	assert_string_equal(find_path(&paths, "listen/ejabberd_c2s/certfile")->path, "/l.pem");
	assert_string_equal(find_path(&paths, "modules/mod_http_upload/docroot")->path, "/home/upload");
	assert_string_equal(find_path(&paths, "modules/mod_http_fileserver/docroot")->path, "/w");
	assert_string_equal(find_path(&paths, "modules/mod_http_fileserver/accesslog")->path, "/logs/a.log");
	assert_null(find_path(&paths, "jwt_key"));
	assert_int_equal(paths.n_problems, 1);
	assert_int_equal(paths.problems[0].line, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(reads_as_ejabberd),	cmocka_unit_test(keeps_places),
		scratch_test(joins_and_overrides),	cmocka_unit_test(leaves_the_environment),
		scratch_test(opens_regular_files_only), scratch_test(names_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
