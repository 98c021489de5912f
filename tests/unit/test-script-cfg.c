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

/* The expected value of the name W. */
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
	/* the shell computes the value: only this name is affected */
	{ "W=$X\n", DYNAMIC },
	{ "W=\"$X\"\n", DYNAMIC },
	{ "W=${X}-1\n", DYNAMIC },
	{ "W=\"${X%.*}\"\n", DYNAMIC },
	{ "W=$(hostname -f)\n", DYNAMIC },
	{ "W=\"ejabberd@$(hostname -f)\"\n", DYNAMIC },
	{ "W=`hostname`\n", DYNAMIC },
	{ "W=a\\ b\n", "a b" },
	{ "W=\"a\\\"b\"\n", "a\"b" },
	{ "W=~\n", DYNAMIC },
	{ "W=*\n", "*" },
	{ "W={1,2}\n", "{1,2}" }, /* no shell expands braces in an assignment */
	{ "W={0.0.0.0}\n", "{0.0.0.0}" },
	{ "W=a:~\n", DYNAMIC },
	{ "W=a~\n", "a~" },
	{ "W=$$\n", DYNAMIC },
	{ "W=$#\n", DYNAMIC },
	{ "W+=1\n", DYNAMIC },
	{ "W=1\nW+=2\n", DYNAMIC },
	{ "W=1\nW=$X\n", DYNAMIC },
	{ "W=1\r\n", "1\r" }, /* the value ends in CR */
	{ "W=\"1\"\r\n", "1\r" },
	{ "W=1\r", "1\r" },
	{ "W=$X\nW=1\n", "1" },
	{ "X=$(date)\nW=1\n", "1" },
	{ "X+=2\nW=1\n", "1" },
	{ "X=\"a ${Y} b\" # c\nW=1\n", "1" },
	{ "W=1\nX=$W-2\nW=$X\n", "1-2" },
	{ "W=1\nW=${W:-2}\n", "1" },
	{ "W=\nW=${W:-2}\n", "2" },
	{ "W=1\nW=${W%1}x\n", "x" },
	{ "W=1\n: ${W:=2}\n", "1" },
	{ "W=\n: ${W:=2}\n", "2" },
	{ "W=ejabberd@$(hostname -s)\n", "ejabberd@host" },
	{ "W=$(date +%s)\n", DYNAMIC },
	/* statements that set nothing */
	{ "W=1\numask 0027\n", "1" },
	{ "W=1\necho W=2 > /dev/null 2>&1\n", "1" },
	{ "W=1\n/sbin/sysctl -q -w vm.x=1 || true\n", "1" },
	{ "W=1\nmkdir -p /run/x; chown ejabberd: /run/x\n", "1" },
	{ "export A=1 B='2 3' C\nW=1\n", "1" },
	{ "set -e\nW=1\n", "1" },
	{ "W=1\ncd /tmp && pwd\n", "1" },
	{ "W=1\nif [ -d /x ]; then\n\tulimit -n 9\nelse\n\techo no\nfi\n", "1" },
	{ "W=1\nwhile false; do echo; done\n", "1" },
	{ "W=1\nps | grep x >/dev/null && echo up\n", "1" },
	{ "W=1\nif [ -d /x ]; then A=2; fi\n", "1" },
	{ "A=1\nif x; then A=2; fi\nW=$A\n", DYNAMIC },
	{ "A=1\n[ -n \"$A\" ] && W=1\n", "1" },
	{ "A=1\n[ -z \"$A\" ] && W=1\n", UNSET },
	{ "A=1\n[ -z \"$A\" ] || W=1\n", "1" },
	{ "W=1\n[ -f /x ] && W=2\n", DYNAMIC },
	{ "set -a\nW=\n", "" },
	/* it could set anything */
	{ "W=1\nprintf -v W 2\n", OPAQUE },
	{ "W=1\nprintf $X 2\n", OPAQUE },
	{ "W=1\nprintf >/dev/null -v W 2\n", OPAQUE },
	{ "W=1\nprintf 2>/dev/null >&2 -vW 2\n", OPAQUE },
	{ "W=1\nprintf >/dev/null x -v\n", "1" },
	{ "W=1\nprintf 2>/dev/null x -v\n", "1" },
	{ "W=1\n$X W=2\n", OPAQUE },
	{ "W=1\n\"eval\" W=2\n", OPAQUE },
	{ "W=1\ndeclare W=2\n", OPAQUE },
	{ "W=1\nwait -p W\n", OPAQUE },
	{ "W=1\necho | read W\n", OPAQUE },
	{ "W=1\nif true; then\n", OPAQUE },
	{ "W=1\nfi\n", OPAQUE },
	{ "W=1\n&& W=2\n", OPAQUE },
	{ "W=1 &&\n", OPAQUE },
	{ "W=1\nX=$(case x in a) echo;; esac)\n", OPAQUE },
	{ "W=1\nset -- x\n", OPAQUE },
	{ "W=1\ntrap 'W=2' EXIT\n", "1" },
	{ "W=1\ntrap 'W=2' DEBUG\n", OPAQUE },
	{ "W=1\ntrap - INT $X\n", OPAQUE },
	{ "W=1\nexec 2>>/var/log/x </dev/null\n", "1" },
	{ "W=1\nexec true\n", OPAQUE },
	{ "W=1\nreadonly A=1 B='2'\n", "1" },
	{ "readonly A=1\nW=$A\n", "1" },
	{ "readonly W\n", OPAQUE },
	{ "readonly ERLANG_NODE=x\n", OPAQUE },
	{ "W=1\r\n\r\n", "1\r" },
	{ "\xef\xbb\xbfW=1\n", OPAQUE },
	{ "W = 1\n", UNSET },
	{ "W =1\n", UNSET },
	{ "W=1 command\n", OPAQUE },
	{ "W=1 X=2\n", "1" },
	{ "export W=1 X=2\n", "1" },
	{ "export -n W\n", OPAQUE },
	{ "export W+X\n", OPAQUE },
	{ "export\n", OPAQUE },
	{ "W=1; W=2\n", "2" },
	{ "W=1;\n", "1" },
	{ "W=1&\n", OPAQUE },
	{ "W=1 && W=2\n", DYNAMIC },
	{ "W=1|cat\n", OPAQUE },
	{ "W=1>/tmp/x\n", OPAQUE },
	{ "W=(1 2)\n", OPAQUE },
	{ "W[0]=1\n", OPAQUE },
	{ "W=<(ls)\n", OPAQUE },
	{ "if true; then\nW=1\nfi\n", DYNAMIC },
	{ "f() {\nW=1\n}\n", UNSET },
	{ "f() { W=1; }\n", UNSET },
	{ "f()\n{\n\tif x; then\n\t\tW=1\n\tfi\n} # f\nW=2\n", "2" },
	{ "W=1\nf() {\nW=2\n}\nf\n", OPAQUE },
	{ "W=1\nf() { W=2; }; f\n", OPAQUE },
	{ "W=1\nf() { W=2; }\nfoo\n", "1" },
	{ "W=1\nf() {\nW=2\n", OPAQUE },
	{ "W=1\necho() { W=2; }\n", OPAQUE },
	{ "W=1\nA=x\nif [ \"$A\" = x ]; then W=2; else W=3; fi\n", "2" },
	{ "W=1\nA=x\nif [ \"$A\" = y ]; then W=2; else W=3; fi\n", "3" },
	{ "W=1\nA=x\nif ! [ \"$A\" = y ]; then W=2; else W=3; fi\n", "2" },
	{ "W=1\nA=x\nif [ \"$A\" = y ]; then W=2; elif [ \"$A\" = x ]; then W=3; else W=4; fi\n", "3" },
	{ "W=1\nA=x\nif [ \"$A\" = x ]; then W=2; elif [ \"$A\" = x ]; then W=3; else W=4; fi\n", "2" },
	{ "W=1\nA=x\nif y; then W=2; elif [ \"$A\" = x ]; then W=3; else W=4; fi\n", DYNAMIC },
	{ "W=1\nA=x\nif y && [ \"$A\" = x ]; then W=2; fi\n", DYNAMIC },
	{ "W=1\nA=x\nif [ \"$A\" = x ] && y; then W=2; fi\n", DYNAMIC },
	{ "W=1\nA=x\nif [ \"$A\" = y ]; then if z; then W=2; fi; fi\n", "1" },
	{ "W=1\nA=x\n! [ \"$A\" = x ] && W=2\n", "1" },
	{ "W=1\ncase $X in\n  a|b*)\n    A=1\n    ;;\n  *)\n    ;;\nesac\n", "1" },
	{ "W=1\ncase $X in\n  a|b*)\n    W=2\n    ;;\nesac\n", DYNAMIC },
	{ "W=1\ncase $X in a) A=1;; *) A=2;; esac\nW=3\n", "3" },
	{ "W=1\ncase $X in\n(a) echo a ;;\nb) if x; then A=1; fi\nesac\n", "1" },
	{ "W=1\ncase $X in\na) A=1\n", OPAQUE },
	{ "W=1\ncase $X in\n\"$Y\") A=1;;\nesac\n", OPAQUE },
	{ "W=1\ncase $X in\na) eval $Y;;\nesac\n", OPAQUE },
	{ "W=1;;\n", OPAQUE },
	{ "W=1\nA=1;;\nesac\n", OPAQUE },
	{ "W=1\nA=x\nwhile [ \"$A\" = x ]; do W=2; done\n", DYNAMIC },
	{ "W=1\n[ -f /etc/gone ] && W=2\n", "1" },
	{ "W=1\n[ -f /etc/gone ] && . /etc/gone\n", "1" },
	{ "W=1\n[ -f /x ] && . /x\n", "1" },
	{ "W=1\n. /x\n", OPAQUE },
	{ "W=1\n[ -f /x ] && . x\n", OPAQUE },
	{ "W=1\n[ -f /x ] && . $X/y\n", OPAQUE },
	{ "f()\n", OPAQUE },
	{ ". /etc/other\nW=1\n", OPAQUE },
	{ "source /etc/other\nW=1\n", OPAQUE },
	{ "W=1\nunset W\n", UNSET },
	{ "W=1\nulimit -n 65536\n", "1" },
	{ "W=1\nreadonly X\n", OPAQUE },
	{ ": ${W:=1}\n", DYNAMIC },
	{ "[ -n \"$X\" ] && W=1\n", DYNAMIC },
	{ "cat <<EOF\nW=1\nEOF\n", OPAQUE },
	{ "W='1\n", OPAQUE },
	{ "W=\"1\n", OPAQUE },
	{ "W=1\nX=\"\n", OPAQUE },
	{ "W=1\\\n2\n", "12" },
	{ "W=\"1\\\n2\"\n", "12" },
	{ "X=1\\\nW=2\n", UNSET },
	{ "W=1\\", OPAQUE },
	{ "W=$'1'\n", OPAQUE },
	{ "W=$\"1\"\n", OPAQUE },
	{ "W=$[1+1]\n", OPAQUE },
	{ "W=$((1+1))\n", DYNAMIC },
	{ "X=$((W=1))\n", OPAQUE },
	{ "X=${W:=1}\n", DYNAMIC },
	{ "X=\"${W:=1}\"\n", DYNAMIC },
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
	{ "W\n", UNSET },
	{ "W+\n", UNSET },
	{ "W+", UNSET },
};

static struct settings read_text(struct scratch *scratch, const char *text, size_t size)
{
	static const struct settings_source source = { .root = "/nonexistent/ejguard", .hostname = "host.example" };
	struct settings s = { .arena = scratch->arena, .source = &source, .service = "ejabberd", .cfg_path = "cfg" };

	s.variables.arena = scratch->arena;
	cfg_read(&s, "/usr/sbin/ejabberdctl", text, size);
	assert_true((s.cfg_opaque_line != 0) == (s.cfg_opaque_why != NULL));
	return s;
}

static const char *result_of(const struct settings *s)
{
	const struct variable *variable = variable_find(&s->variables, "W", 1);

	if (s->cfg_opaque_line)
		return OPAQUE;
	if (variable && !variable->now && variable->exported)
		return EXPORTED;
	if (!variable || !variable->now)
		return UNSET;
	return variable->now->text ? variable->now->text : DYNAMIC;
}

static void test_table(void **state)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const struct settings s = read_text(*state, table[i].text, strlen(table[i].text));

		if (strcmp(result_of(&s), table[i].result) != 0)
			fail_msg("'%s': '%s', not '%s'", table[i].text, result_of(&s), table[i].result);
	}
}

static uint32_t line_of(const struct settings *s, const char *name)
{
	return variable_get(&s->variables, name)->origin.line;
}

static void test_lines(void **state)
{
	static const char text[] =
		"# one\nA='x\ny'\n\nexport B\nB=1\nC=\"\n\"\n  D=$X; H=1\n. x\nE=1\nfalse ||\n# x\n\nG=1\n";
	const struct settings s = read_text(*state, text, sizeof(text) - 1);

	assert_int_equal(line_of(&s, "A"), 2);
	assert_false(variable_find(&s.variables, "A", 1)->exported);
	assert_int_equal(line_of(&s, "B"), 6);
	assert_true(variable_find(&s.variables, "B", 1)->exported);
	assert_int_equal(line_of(&s, "C"), 7);
	assert_int_equal(line_of(&s, "D"), 9);
	assert_int_equal(line_of(&s, "H"), 9);
	assert_int_equal(s.cfg_opaque_line, 10);
	assert_int_equal(line_of(&s, "E"), 11);
	assert_int_equal(line_of(&s, "G"), 15);
	assert_null(variable_get(&s.variables, "F"));
}

/* Values that a later assignment replaces are kept, and whether they were used. */
static void test_earlier(void **state)
{
	static const char text[] = "A=1\nexport A\nB=$A-2\nA=$X\nA=3\n";
	const struct settings s = read_text(*state, text, sizeof(text) - 1);
	const struct occurrence *now = variable_get(&s.variables, "A");

	assert_string_equal(now->text, "3");
	assert_false(now->used);
	assert_null(now->earlier->text);
	assert_int_equal(now->earlier->origin.line, 4);
	assert_string_equal(now->earlier->earlier->text, "1");
	assert_true(now->earlier->earlier->used);
	assert_null(now->earlier->earlier->earlier);
}

static void test_nul(void **state)
{
	static const char text[] = "W=42\0"
				   "00\n";

	assert_int_equal(read_text(*state, text, sizeof(text) - 1).cfg_opaque_line, 1);
}

/* Values that are made of each other repeatedly become unknown at some size. */
static void test_growth(void **state)
{
	char *text = calloc(20000, 8), *end = text;
	struct settings s;

	assert_non_null(text);
	end = stpcpy(end, "W=0123456789\n");
	for (int i = 0; i < 12; i++)
		end = stpcpy(end, "W=$W$W\n");
	for (int i = 0; i < 1000; i++)
		end = stpcpy(end, "X=$W\n");
	s = read_text(*state, text, (size_t)(end - text));
	assert_int_equal(s.cfg_opaque_line, 0);
	assert_string_equal(variable_get(&s.variables, "X")->why, "its value is too long");
	free(text);
}

/* The same for values whose tails are all tried. */
static void test_tails(void **state)
{
	char *text = calloc(20000, 1), *end = text;
	struct settings s;

	assert_non_null(text);
	end = stpcpy(end, "W=");
	for (int i = 0; i < 200; i++)
		end = stpcpy(end, "/");
	for (int i = 0; i < 100; i++)
		end = stpcpy(end, "\nX=${W%a}");
	s = read_text(*state, text, (size_t)(end - text));
	assert_int_equal(strlen(variable_get(&s.variables, "X")->text), 200);
	for (int i = 0; i < 400; i++)
		end = stpcpy(end, "\nX=${W%a}");
	s = read_text(*state, text, (size_t)(end - text));
	assert_int_equal(s.cfg_opaque_line, 0);
	assert_string_equal(variable_get(&s.variables, "X")->why, "its value is too long");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(test_table), scratch_test(test_lines),  scratch_test(test_earlier),
		scratch_test(test_nul),	  scratch_test(test_growth), scratch_test(test_tails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
