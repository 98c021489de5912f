/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The places of findings, the effect of versions, and that the manual page has the same words as the
 * rules. */
/* clang-format off: cmocka.h needs these before it */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config-bed.h"
#include "libejguard/modules/config/rules.h"
#include "libejguard/util/cleanup.h"

#define GOOD                                                                                                           \
	"hosts: [a.test]\nloglevel: warning\nauth_password_format: scram\ns2s_use_starttls: required\n"                \
	"c2s_protocol_options: [no_tlsv1, no_tlsv1_1]\ns2s_protocol_options: [no_tlsv1, no_tlsv1_1]\n"
/* The text begins at line 7. */

static const struct {
	const char *text;
	const char *loud;
	const char *version;
} cases[] = {
	{ "", "" },
	{ "listen:\n  -\n    port: 5222\n    module: ejabberd_c2s\n", "c2s-plain:9" },
	{ "listen:\n  -\n    port: 5222\n    module: ejabberd_c2s\n    starttls_required: no\n", "c2s-plain:11" },
	/* The macro's use counts, not its definition. */
	{ "define_macro:\n  NO: off\nlisten:\n  -\n    port: 5222\n    module: ejabberd_c2s\n    starttls_required: "
	  "NO\n",
	  "c2s-plain:13" },
	/* ip: a plain word or a string, IPv4-mapped, the whole of 127/8. */
	{ "listen:\n  - {port: 1, ip: \"::ffff:127.0.0.1\", module: ejabberd_c2s}\n  - {port: 2, ip: 127.7.7.7, "
	  "module: "
	  "ejabberd_c2s}\n",
	  "" },
	{ "listen:\n  - {port: 1, ip: \"::ffff:0.0.0.0\", module: ejabberd_c2s}\n", "c2s-plain:8" },
	/* The first rule that decides wins. */
	{ "access_rules:\n  configure:\n    - deny: all\n    - allow: all\n", "" },
	{ "access_rules:\n  configure:\n    - allow: all\n    - deny: all\n", "admin-everybody:8" },
	{ "access_rules:\n  configure:\n    allow: nobody\n", "" },
	/* A pattern that matches any name that a stranger chooses; one that does not. */
	{ "acl: {x: {user_regexp: '^[a-z]+$'}}\naccess_rules: {configure: {allow: x}}\n", "admin-everybody:8" },
	{ "acl: {x: {user_regexp: '^admin'}}\naccess_rules: {configure: {allow: x}}\n", "" },
	{ "acl: {x: {server: a.test}}\naccess_rules: {configure: {allow: x}}\n", "admin-everybody:8" },
	{ "acl: {x: {server: b.test}}\naccess_rules: {configure: {allow: x}}\n", "" },
	{ "acl: {x: {resource: secret}}\naccess_rules: {configure: {allow: x}}\n", "admin-everybody:8" },
	{ "acl: {x: {node_glob: [{\"*\": \"*\"}]}}\naccess_rules: {configure: {allow: x}}\n", "admin-everybody:8" },
	{ "acl: {x: [{user: y}, {user_glob: \"*@a.test\"}]}\naccess_rules: {configure: {allow: x}}\n",
	  "admin-everybody:8" },
	{ "acl: {x: {user_regexp: \"\"}}\naccess_rules: {configure: {allow: [{acl: x}, {ip: 127.0.0.1}]}}\n", "" },
	/* A host's section applies to that host. */
	{ "hosts: [b.test]\nhost_config:\n  b.test:\n    s2s_use_starttls: false\n", "s2s-plain:10" },
	{ "hosts: [b.test]\nhost_config:\n  b.test:\n    access_rules: {configure: {allow: all}}\n",
	  "admin-everybody:10" },
	/* Since 24.12 a macro counts within a string. */
	{ "define_macro: {W: \"word\"}\nsql_password: \"pass@W@\"\n", "password-default:8", "24.12" },
	{ "define_macro: {W: \"word\"}\nsql_password: \"pass@W@\"\n", "", "24.10" },
	{ "sql_password: 'secret'\n", "password-default:7" },
	{ "listen:\n  - {port: 5280, module: ejabberd_http, request_handlers: {\"/x\": \"ejabberd_web_admin\"}}\n",
	  "admin-plain:8" },
	{ "listen:\n  - {port: 4560, module: ejabberd_xmlrpc}\n", "admin-plain:8" },
	{ "auth_password_format: plain\n", "password-plain:3 refused:7" },
};

static void finds(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct bed *bed = bed_new();
		const char *text = arena_printf(bed->arena, "%s%s", GOOD, cases[i].text);
		const char *expected = cases[i].loud;

		bed_write(bed, "ejabberd.yml", text);
		bed_version(bed, cases[i].version ? cases[i].version : "23.01");
		bed_check(bed);
		/* The same option twice: the first counts, and ejabberd refuses it. */
		if (strstr(expected, "refused"))
			expected = "refused:7";
		if (strcmp(bed_loud(bed), expected) != 0)
			fail_msg("%s\n%s, expected: %s", cases[i].text, bed_loud(bed), expected);
		bed_free(bed);
	}
}

static void names_the_column(void **state)
{
	struct bed *bed = bed_new();
	const struct bed_finding *finding;

	bed_write(bed, "ejabberd.yml", GOOD "listen:\n  - { module: ejabberd_c2s, port: 5222 }\n");
	bed_check(bed);
	finding = bed_find(bed, "c2s-plain");
	assert_non_null(finding);
	assert_int_equal(finding->line, 8);
	assert_int_equal(finding->column, 29);
	assert_non_null(strstr(finding->remedy, "ejabberd.yml:8"));
	assert_int_equal(bed->verdict, EJG_HELD);
	bed_free(bed);
}

static void says_what_it_does_not_know(void **state)
{
	struct bed *bed = bed_new();
	const struct bed_finding *finding;

	bed_write(bed, "ejabberd.yml",
		  GOOD "loglevel: LEVEL\nlisten:\n  - {port: PORT, ip: IP, module: ejabberd_c2s, tls: TLS}\n");
	bed_check(bed);
	finding = bed_find(bed, "indeterminate");
	assert_non_null(finding);
	assert_null(bed_find(bed, "c2s-plain"));
	bed_free(bed);
}

static void fails_without_a_configuration_to_judge(void **state)
{
	struct bed *bed = bed_new();

	bed_check(bed);
	assert_int_equal(bed->verdict, EJG_NOT_APPLICABLE);
	bed_write(bed, "ejabberd.yml", "hosts: [\n");
	bed_check(bed);
	assert_int_equal(bed->verdict, EJG_NOT_HELD);
	bed_free(bed);
}

/* Compares a block of config.tbl, "refused LINE" or "taken", with the findings. */
static void compare_block(const char *name, const char *yml, const char *real)
{
	struct bed *bed = bed_new();
	char said[64] = "taken";

	bed_write(bed, "ejabberd.yml", yml);
	bed_version(bed, "23.01");
	bed_check(bed);
	for (size_t i = 0; i < bed->n_findings && strcmp(said, real) != 0; i++)
		if (strcmp(bed->findings[i].id, "refused") == 0 || strcmp(bed->findings[i].id, "unjudged") == 0)
			snprintf(said, sizeof(said), "refused %u", bed->findings[i].line);
	if (strcmp(said, real) != 0)
		fail_msg("%s: %s, expected: %s\n%s", name, said, real, yml);
	bed_free(bed);
}

/* The blocks of the service test that are of every ejabberd, or of one before and after 23.01. */
static void refuses_what_ejabberd_refuses(void **state)
{
	cleanup_file FILE *file = fopen(TEST_SOURCE_DIR "/service/config.tbl", "re");
	char line[512], name[512] = "", yml[4096] = "", real[64] = "";
	bool here = true, end = false;
	size_t n = 0;

	assert_non_null(file);
	while (!end) {
		end = !fgets(line, sizeof(line), file);
		if (!end && strncmp(line, "case: ", 6) == 0)
			snprintf(name, sizeof(name), "%s", line + 6);
		else if (!end && (strncmp(line, "yml: ", 5) == 0 || *line == '\t'))
			snprintf(yml + strlen(yml), sizeof(yml) - strlen(yml), "%s",
				 *line == '\t' ? line + 1 : line + 5);
		else if (!end && strncmp(line, "real: ", 6) == 0)
			snprintf(real, sizeof(real), "%.*s", (int)strcspn(line + 6, "\n"), line + 6);
		else if (!end && strncmp(line, "since: ", 7) == 0)
			here &= strcmp(line + 7, "23.01\n") <= 0;
		else if (!end && strncmp(line, "before: ", 8) == 0)
			here &= strcmp(line + 8, "23.01\n") > 0;
		else if (end || *line == '\n') {
			if (*yml && here)
				compare_block(name, yml, real), n++;
			*yml = '\0', here = true;
		}
	}
	assert_true(n > 200);
}

/* The certificate exists only where the package made it, and OpenSSL may refuse old TLS: not part of the example. */
static bool is_of_machine(const char *id)
{
	return strcmp(id, "certfile-missing") == 0 || strncmp(id, "tls-", 4) == 0;
}

/* Compares a file of rules and lines with the findings of its configuration. */
static void compare_table(const struct bed *bed, const char *table)
{
	cleanup_file FILE *file = fopen(table, "re");
	char line[512], id[64];
	unsigned int number;
	size_t n = 0;

	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		if (*line == '#')
			continue;
		assert_int_equal(sscanf(line, "%63s %u", id, &number), 2);
		while (n < bed->n_findings && is_of_machine(bed->findings[n].id))
			n++;
		assert_true(n < bed->n_findings);
		assert_string_equal(bed->findings[n].id, id);
		assert_int_equal(bed->findings[n].line, number);
		n++;
	}
	for (; n < bed->n_findings && strcmp(bed->findings[n].id, "judged") != 0; n++)
		if (!is_of_machine(bed->findings[n].id))
			fail_msg("%s: the table has no '%s', line %u", table, bed->findings[n].id,
				 bed->findings[n].line);
}

/* If the package is installed, the machine has that file, with another owner than in this test. */
static void hide_key(char *text)
{
	char *name = text;

	while ((name = strstr(name, "/ejabberd.pem")))
		memcpy(name, "/no-such.file", strlen("/no-such.file"));
}

/*
 * ejabberd's example configurations are not part of this source: if the package is installed, or if the variables name
 * them, they are checked with the expected results of a review.
 */
static void judge_example(const char *variable, const char *fallback, const char *version, const char *table)
{
	const char *path = getenv(variable) ? getenv(variable) : fallback;
	cleanup_file FILE *file = path ? fopen(path, "re") : NULL;
	cleanup_free char *text = NULL;
	struct bed *bed;

	if (!file)
		skip();
	text = calloc(1, 1 << 18);
	assert_non_null(text);
	assert_true(fread(text, 1, (1 << 18) - 1, file) > 0);
	hide_key(text);
	bed = bed_new();
	bed_write(bed, "ejabberd.yml", text);
	bed_version(bed, version);
	bed_check(bed);
	compare_table(bed, table);
	assert_int_equal(bed->verdict, EJG_HELD);
	bed_free(bed);
}

/* Debian's example differs in each release. tools/run-tests sets its version; here the package's folder has it. */
static void debian_version(char *ret_version, size_t size)
{
	const char *said = getenv("EJG_EXAMPLE_DEBIAN_VERSION");
	glob_t found;

	snprintf(ret_version, size, "%s", said ? said : "");
	if (said || glob("/usr/lib/*/ejabberd-[0-9]*", 0, NULL, &found))
		return;
	snprintf(ret_version, size, "%.5s", strstr(found.gl_pathv[0], "/ejabberd-") + strlen("/ejabberd-"));
	globfree(&found);
}

static void judges_debians_example(void **state)
{
	char version[16], table[512];

	debian_version(version, sizeof(version));
	snprintf(table, sizeof(table), "%s/unit/config-debian-%s.tbl", TEST_SOURCE_DIR, version);
	judge_example("EJG_EXAMPLE_DEBIAN", "/usr/share/ejabberd/ejabberd.yml.example", version, table);
}

static void judges_upstreams_example(void **state)
{
	judge_example("EJG_EXAMPLE_UPSTREAM", NULL, "26.07", TEST_SOURCE_DIR "/unit/config-upstream.tbl");
}

/* Appends a word as mdoc(7) displays it in the manual page. */
static void append(char *text, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void append(char *text, size_t size, const char *format, ...)
{
	size_t n = strlen(text);
	va_list ap;

	va_start(ap, format);
	vsnprintf(text + n, size - n, format, ap);
	va_end(ap);
}

static char *read_page(void)
{
	FILE *file = fopen(TEST_PAGE, "re");
	char *text = calloc(1, 1 << 18);

	assert_non_null(file);
	assert_non_null(text);
	assert_true(fread(text, 1, (1 << 18) - 1, file) > 0);
	fclose(file);
	return text;
}

/* Number, id, severity, description, reason and source of each rule, in that order, and no other rule. */
static void page_has_the_rules(void **state)
{
#define ROW(number, id, severity, what, remedy, why, source) { number, id, #severity, what, why, source },
	static const struct {
		int number;
		const char *id, *severity, *what, *why, *source;
	} rules[] = { CONFIG_RULES(ROW) };
	cleanup_free char *page = read_page();
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		char block[2048] = "", severity[16] = "";

		assert_int_equal(rules[i].number, i + 1);
		for (size_t j = 0; rules[i].severity[j]; j++)
			severity[j] = tolower(rules[i].severity[j]);
		append(block, sizeof(block), ".It %zu Cm %s Pq %s\n", i + 1, rules[i].id, severity);
		append(block, sizeof(block), "%c%s.\n",
		       strncmp(rules[i].what, "ejabberd", 8) ? toupper(rules[i].what[0]) : 'e', rules[i].what + 1);
		append(block, sizeof(block), "%c%s.\n",
		       strncmp(rules[i].why, "ejabberd", 8) ? toupper(rules[i].why[0]) : 'e', rules[i].why + 1);
		if (*rules[i].source)
			append(block, sizeof(block), ".Em Source :\n%s.\n", rules[i].source);
		if (!strstr(page, block))
			fail_msg("the page of the manual lacks:\n%s", block);
	}
	for (const char *at = strstr(page, ".Sh FINDINGS"); (at = strstr(at, "\n.It ")); at += 5)
		n += isdigit((unsigned char)at[5]) != 0;
	assert_int_equal(n, ARRAY_SIZE(rules));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds),
		cmocka_unit_test(names_the_column),
		cmocka_unit_test(says_what_it_does_not_know),
		cmocka_unit_test(fails_without_a_configuration_to_judge),
		cmocka_unit_test(page_has_the_rules),
		cmocka_unit_test(refuses_what_ejabberd_refuses),
		cmocka_unit_test(judges_debians_example),
	};

	const struct CMUnitTest upstream[] = {
		cmocka_unit_test(judges_upstreams_example),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	/* No package of Debian contains it: only for users who have downloaded it. */
	if (getenv("EJG_EXAMPLE_UPSTREAM"))
		failed += cmocka_run_group_tests(upstream, NULL, NULL);
	return failed;
}
