/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/service/script/cfg.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/scratch.h"

#define OPAQUE "opaque"
#define DYNAMIC "dynamic"
#define UNSET "unset"
#define EXPORTED "exported"

/* What becomes of the name W. */
static const struct {
	const char *text;
	const char *result;
} table[] = {
	/* plain assignments */
	{ "", UNSET },
	{ "\n\n  \n\t\n", UNSET },
	{ "# W=1\n", UNSET },
	{ "  # W=1\n", UNSET },
	{ "#W=1\\\nW=2\n", "2" }, /* a comment is not continued */
	{ "W=4200-4210\n", "4200-4210" },
	{ "W=4200-4210", "4200-4210" }, /* no newline at the end */
	{ "  \tW=1\n", "1" },
	{ "W=\n", "" },
	{ "W=''\n", "" },
	{ "W=\"\"\n", "" },
	{ "W='a b'\n", "a b" },
	{ "W=\"a b\"\n", "a b" },
	{ "W='$x `y` \\ \"'\n", "$x `y` \\ \"" },
	{ "W=\"it's\"\n", "it's" },
	{ "W=a'b'\"c\"d\n", "abcd" },
	{ "W=\"two\nlines\"\n", "two\nlines" },
	{ "W=1 # comment\n", "1" },
	{ "W=1#no-comment\n", "1#no-comment" },
	{ "W='a'#b\n", "a#b" },
	{ "W=#b\n", "#b" },
	{ "W= # b\n", "" },
	{ "W=1\t\n", "1" },
	{ "W=a=b\n", "a=b" },
	{ "W=1\nW=2\n", "2" },
	{ "W1=1\nWW=2\n_W=3\n", UNSET },
	{ "w=1\n", UNSET },
	{ "export W=1\n", "1" },
	{ "export\tW=1\n", "1" },
	{ "W=1\nexport W\n", "1" },
	{ "export W\n", EXPORTED },
	{ "export W # why\n", EXPORTED },
	{ "exportW=1\nW=2\n", "2" },
	{ "export=1\nW=2\n", "2" },
	{ "W=1 \n", "1" },
	/* the value is the shell's to compute: this name alone */
	{ "W=$X\n", DYNAMIC },
	{ "W=\"$X\"\n", DYNAMIC },
	{ "W=${X}-1\n", DYNAMIC },
	{ "W=\"${X%.*}\"\n", DYNAMIC },
	{ "W=$(hostname -f)\n", DYNAMIC },
	{ "W=\"ejabberd@$(hostname -f)\"\n", DYNAMIC },
	{ "W=`hostname`\n", DYNAMIC },
	{ "W=a\\ b\n", DYNAMIC },
	{ "W=\"a\\\"b\"\n", DYNAMIC },
	{ "W=~\n", DYNAMIC },
	{ "W=*\n", DYNAMIC },
	{ "W={1,2}\n", DYNAMIC },
	{ "W=$$\n", DYNAMIC },
	{ "W=$#\n", DYNAMIC },
	{ "W+=1\n", DYNAMIC },
	{ "W=1\nW+=2\n", DYNAMIC },
	{ "W=1\nW=$X\n", DYNAMIC },
	{ "W=1\r\n", DYNAMIC }, /* the value ends in CR */
	{ "W=\"1\"\r\n", DYNAMIC },
	{ "W=1\r", DYNAMIC },
	{ "W=$X\nW=1\n", "1" },
	{ "X=$(date)\nW=1\n", "1" },
	{ "X+=2\nW=1\n", "1" },
	{ "X=\"a ${Y} b\" # c\nW=1\n", "1" },
	/* it could set anything */
	{ "W=1\r\n\r\n", OPAQUE },
	{ "\xef\xbb\xbfW=1\n", OPAQUE },
	{ "W = 1\n", OPAQUE },
	{ "W =1\n", OPAQUE },
	{ "W=1 command\n", OPAQUE },
	{ "W=1 X=2\n", OPAQUE },
	{ "export W=1 X=2\n", OPAQUE },
	{ "export -n W\n", OPAQUE },
	{ "export W+X\n", OPAQUE },
	{ "export\n", OPAQUE },
	{ "W=1; W=2\n", OPAQUE },
	{ "W=1;\n", OPAQUE },
	{ "W=1&\n", OPAQUE },
	{ "W=1 && W=2\n", OPAQUE },
	{ "W=1|cat\n", OPAQUE },
	{ "W=1>/tmp/x\n", OPAQUE },
	{ "W=(1 2)\n", OPAQUE },
	{ "W[0]=1\n", OPAQUE },
	{ "W=<(ls)\n", OPAQUE },
	{ "if true; then\nW=1\nfi\n", OPAQUE },
	{ "f() {\nW=1\n}\n", OPAQUE },
	{ "f()\n", OPAQUE },
	{ ". /etc/other\nW=1\n", OPAQUE },
	{ "source /etc/other\nW=1\n", OPAQUE },
	{ "W=1\nunset W\n", OPAQUE },
	{ "W=1\nulimit -n 65536\n", OPAQUE },
	{ "W=1\nreadonly X\n", OPAQUE },
	{ ": ${W:=1}\n", OPAQUE },
	{ "[ -n \"$X\" ] && W=1\n", OPAQUE },
	{ "cat <<EOF\nW=1\nEOF\n", OPAQUE },
	{ "W='1\n", OPAQUE },
	{ "W=\"1\n", OPAQUE },
	{ "W=1\nX=\"\n", OPAQUE },
	{ "W=1\\\n2\n", OPAQUE },
	{ "W=\"1\\\n2\"\n", OPAQUE },
	{ "X=1\\\nW=2\n", OPAQUE },
	{ "W=1\\", OPAQUE },
	{ "W=$'1'\n", OPAQUE },
	{ "W=$\"1\"\n", OPAQUE },
	{ "W=$[1+1]\n", OPAQUE },
	{ "W=$((1+1))\n", OPAQUE },
	{ "X=$((W=1))\n", OPAQUE },
	{ "X=${W:=1}\n", OPAQUE },
	{ "X=\"${W:=1}\"\n", OPAQUE },
	{ "X=$(echo \")\nW=1\n\")\n", OPAQUE },
	{ "X=\"$(echo \"\nW=1\n\")\"\n", OPAQUE },
	{ "X=$(echo # )\nW=1\n)\n", OPAQUE },
	{ "X=`echo\nW=1\n`\n", OPAQUE },
	{ "X=$(\n", OPAQUE },
	{ "X=${\n", OPAQUE },
	{ "X=`\n", OPAQUE },
	{ "=1\n", OPAQUE },
	{ "1W=1\n", OPAQUE },
	{ "\xc3\xa4=1\n", OPAQUE },
	{ "W\n", OPAQUE },
	{ "W+\n", OPAQUE },
	{ "W+", OPAQUE },
};

static void assert_result(struct scratch *scratch, const char *text, const char *expected)
{
	const struct ctl_value *value;
	struct ctl_cfg cfg;
	const char *result = UNSET;

	assert_int_equal(ctl_cfg_parse(scratch->arena, text, strlen(text), &cfg), 0);
	value = ctl_cfg_get(&cfg, "W");
	if (cfg.opaque_line)
		result = OPAQUE;
	else if (value && value->why)
		result = DYNAMIC;
	else if (value && !value->assigned)
		result = EXPORTED;
	else if (value)
		result = value->text;
	assert_true((cfg.opaque_line != 0) == (cfg.opaque_why != NULL));
	if (strcmp(result, expected) != 0)
		fail_msg("'%s': '%s', not '%s'", text, result, expected);
}

static void test_table(void **state)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		assert_result(*state, table[i].text, table[i].result);
}

static void test_lines(void **state)
{
	static const char text[] = "# one\nA='x\ny'\n\nexport B\nB=1\nC=\"\n\"\n  D=$X\nif x\nE=1\n";
	struct scratch *scratch = *state;
	struct ctl_cfg cfg;

	assert_int_equal(ctl_cfg_parse(scratch->arena, text, sizeof(text) - 1, &cfg), 0);
	assert_int_equal(ctl_cfg_get(&cfg, "A")->line, 2);
	assert_false(ctl_cfg_get(&cfg, "A")->exported);
	assert_int_equal(ctl_cfg_get(&cfg, "B")->line, 6);
	assert_true(ctl_cfg_get(&cfg, "B")->exported);
	assert_int_equal(ctl_cfg_get(&cfg, "C")->line, 7);
	assert_int_equal(ctl_cfg_get(&cfg, "D")->line, 9);
	assert_int_equal(cfg.opaque_line, 10);
	assert_int_equal(ctl_cfg_get(&cfg, "E")->line, 11);
	assert_null(ctl_cfg_get(&cfg, "F"));
}

/* What a later assignment replaces is kept, up to a limit. */
static void test_earlier(void **state)
{
	static const char text[] = "A=1\nexport A\nA=$X\nA=3\n";
	struct scratch *scratch = *state;
	const struct ctl_value *value;
	char many[4 * (CTL_MAX_EARLIER + 9) + 1], *end = many;
	unsigned int n = 0;
	struct ctl_cfg cfg;

	assert_int_equal(ctl_cfg_parse(scratch->arena, text, sizeof(text) - 1, &cfg), 0);
	value = ctl_cfg_get(&cfg, "A");
	assert_string_equal(value->text, "3");
	assert_null(value->earlier->text);
	assert_int_equal(value->earlier->line, 3);
	assert_string_equal(value->earlier->earlier->text, "1");
	assert_null(value->earlier->earlier->earlier);
	for (size_t i = 0; i < CTL_MAX_EARLIER + 9; i++)
		end = stpcpy(end, "A=1\n");
	assert_int_equal(ctl_cfg_parse(scratch->arena, many, end - many, &cfg), 0);
	for (value = ctl_cfg_get(&cfg, "A"); value->earlier; value = value->earlier)
		n++;
	assert_int_equal(n, CTL_MAX_EARLIER);
}

static void test_nul(void **state)
{
	static const char text[] = "W=42\0"
				   "00\n";
	struct scratch *scratch = *state;
	struct ctl_cfg cfg;

	assert_int_equal(ctl_cfg_parse(scratch->arena, text, sizeof(text) - 1, &cfg), 0);
	assert_int_equal(cfg.opaque_line, 1);
}

static void test_many_names(void **state)
{
	struct scratch *scratch = *state;
	char *text = calloc(CTL_MAX_NAMES + 1, 16), *end = text;
	struct ctl_cfg cfg;

	assert_non_null(text);
	for (int i = 0; i < CTL_MAX_NAMES; i++)
		end += sprintf(end, "N%d=%d\n", i, i);
	assert_int_equal(ctl_cfg_parse(scratch->arena, text, end - text, &cfg), 0);
	assert_int_equal(cfg.opaque_line, 0);
	assert_string_equal(ctl_cfg_get(&cfg, "N511")->text, "511");
	end = stpcpy(end, "M=1\n");
	assert_int_equal(ctl_cfg_parse(scratch->arena, text, end - text, &cfg), 0);
	assert_int_equal(cfg.opaque_line, CTL_MAX_NAMES + 1);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(test_table), scratch_test(test_lines),	 scratch_test(test_earlier),
		scratch_test(test_nul),	  scratch_test(test_many_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
