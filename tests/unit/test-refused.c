/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the module host reports of the users that it has refused: one sample a user, command, unit, hook and decision,
 * the newest and not more than the manual page says. The table and the names are the test's; a cgroup's unit is its
 * number halved, so that two have one.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "libejguard/modules/host/host.h"
#include "libejguard/modules/net/denials.h"
#include "libejguard/util/cleanup.h"

#define MAX_SAMPLES 50

static struct denial rows[POLICY_MAX_DENIALS];
static size_t n_rows, n_described;
static int reading;
static char said[16384];

int denials_read(const struct pins *pins, struct denial_list *ret)
{
	(void)pins;
	if (reading == 0)
		*ret = (struct denial_list){ rows, n_rows };
	return reading;
}

/* The rows are made in that order. */
void denials_sort_newest(struct denial_list *list)
{
	(void)list;
}

void denials_free(struct denial_list *list)
{
	(void)list;
}

void denial_describe(const struct ejg_facts *facts, const struct denial *denial, struct denial_words *ret)
{
	(void)facts;
	n_described++;
	snprintf(ret->user, sizeof(ret->user), "user%u", denial->key.uid);
	snprintf(ret->uid, sizeof(ret->uid), "%u", denial->key.uid);
	snprintf(ret->command, sizeof(ret->command), "%.16s", denial->row.command);
	snprintf(ret->unit, sizeof(ret->unit), "%u.service", (unsigned int)denial->key.cgroup / 2);
}

const struct ejg_facts *ejg_call_facts(const struct ejg_call *call)
{
	(void)call;
	return NULL;
}

void ejg_call_metric(struct ejg_call *call, const char *name, const struct ejg_label *labels, size_t n_labels,
		     uint64_t value)
{
	static const char *const names[] = { "user", "uid", "command", "unit", "hook", "decision" };
	char *end = said + strlen(said);

	(void)call;
	assert_string_equal(name, "recent_denials");
	assert_int_equal(n_labels, ARRAY_SIZE(names));
	for (size_t i = 0; i < n_labels; i++) {
		assert_string_equal(labels[i].name, names[i]);
		end += sprintf(end, "%s ", labels[i].value);
	}
	sprintf(end, "%u\n", (unsigned int)value);
}

static struct denial *add(uint32_t uid, uint64_t cgroup, const char *command, uint64_t count)
{
	struct denial *row = &rows[n_rows++];

	*row = (struct denial){ .key = { .uid = uid, .cgroup = cgroup, .hook = POLICY_BIND4 }, .row.count = count };
	strncpy(row->row.command, command, sizeof(row->row.command));
	return row;
}

/* The lines, and that they are this many. */
static void assert_said(const char *text)
{
	said[0] = '\0';
	n_described = 0;
	host_report_refused(NULL, NULL);
	assert_string_equal(said, text);
}

static int begin(void **state)
{
	(void)state;
	n_rows = 0;
	reading = 0;
	return 0;
}

static void test_nobody(void **state)
{
	(void)state;
	assert_said("");
	add(7, 2, "nc", 1);
	reading = -EIO;
	assert_said("");
}

static void test_addresses_and_ports_are_one(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 200; i++) {
		struct denial *row = add(7, 2, "nc", 2);

		row->key.port = (uint16_t)(4369 + i % 10);
		row->key.address.low = i;
	}
	assert_said("user7 7 nc 1.service bind4 refused 400\n");
}

static void test_each_label_tells_apart(void **state)
{
	(void)state;
	add(7, 2, "nc", 1);
	add(8, 2, "nc", 2);
	add(7, 4, "nc", 3);
	add(7, 2, "ncat", 4);
	add(7, 2, "nc", 5)->key.hook = POLICY_CONNECT6;
	add(7, 2, "nc", 6)->row.passed = 1;
	add(7, 2, "sixteen-letters-", 7);
	assert_said("user7 7 nc 1.service bind4 refused 1\n"
		    "user8 8 nc 1.service bind4 refused 2\n"
		    "user7 7 nc 2.service bind4 refused 3\n"
		    "user7 7 ncat 1.service bind4 refused 4\n"
		    "user7 7 nc 1.service connect6 refused 5\n"
		    "user7 7 nc 1.service bind4 let through 6\n"
		    "user7 7 sixteen-letters- 1.service bind4 refused 7\n");
}

/* Two samples with the same labels would be an error of the format. */
static void test_cgroups_of_one_unit(void **state)
{
	(void)state;
	add(7, 2, "nc", 1);
	add(8, 2, "nc", 10);
	add(7, 3, "nc", 100);
	assert_said("user7 7 nc 1.service bind4 refused 101\nuser8 8 nc 1.service bind4 refused 10\n");
}

/* A user chooses the names of commands: two of them must not look the same. */
static void test_commands_that_look_the_same(void **state)
{
	(void)state;
	add(7, 2, "a\xff", 1);
	add(7, 2, "a\\xff", 10);
	add(7, 2, "a", 100);
	assert_said("user7 7 a\\xff 1.service bind4 refused 11\nuser7 7 a 1.service bind4 refused 100\n");
}

static void test_not_more(void **state)
{
	const char *line = said;
	size_t n = 0;

	(void)state;
	for (uint32_t i = 0; i < POLICY_MAX_DENIALS; i++)
		add(i, 2, "nc", 1);
	rows[POLICY_MAX_DENIALS - 1].key.uid = MAX_SAMPLES - 1; /* an older one of who is among the newest */
	said[0] = '\0';
	n_described = 0;
	host_report_refused(NULL, NULL);
	for (; (line = strchr(line, '\n')); line++)
		n++;
	assert_int_equal(n, MAX_SAMPLES);
	assert_int_equal(n_described, MAX_SAMPLES);
	assert_non_null(strstr(said, "user49 49 nc 1.service bind4 refused 2\n"));
	assert_null(strstr(said, "user50 "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_nobody, begin),
		cmocka_unit_test_setup(test_addresses_and_ports_are_one, begin),
		cmocka_unit_test_setup(test_each_label_tells_apart, begin),
		cmocka_unit_test_setup(test_cgroups_of_one_unit, begin),
		cmocka_unit_test_setup(test_commands_that_look_the_same, begin),
		cmocka_unit_test_setup(test_not_more, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
