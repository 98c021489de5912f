/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Each fixture module is wrong in exactly one way: the core must refuse it, name the file and the remedy. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "libejguard/core/modules.h"
#include "libejguard/util/cleanup.h"
#include "tests/unit/scratch.h"

static const struct position here = { "/etc/ejguard/test", 3, 11 };

/* Copies the fixture FROM.so to NAME.so; `patch` changes its first bytes. Returns the copy's path. */
static const char *install(struct scratch *scratch, const char *from, const char *to, void (*patch)(Elf64_Ehdr *header))
{
	cleanup_free char *path = NULL, *name = NULL, *bytes = NULL;
	cleanup_file FILE *file = NULL;
	long n;

	assert_true(asprintf(&path, TEST_MODULES "/%s.so", from) > 0);
	assert_true(asprintf(&name, "%s.so", to) > 0);
	file = fopen(path, "re");
	assert_non_null(file);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	n = ftell(file);
	rewind(file);
	bytes = malloc((size_t)n);
	assert_non_null(bytes);
	assert_int_equal(fread(bytes, 1, (size_t)n, file), n);
	if (patch)
		patch((Elf64_Ehdr *)bytes);
	scratch_write(scratch, name, bytes, (size_t)n);
	return scratch_path(scratch, name);
}

static int load(struct scratch *scratch, const char *name)
{
	struct modules *modules = modules_new(scratch->folder);
	const struct loaded_module *module = NULL;
	int r;

	report_clear(scratch->report);
	r = modules_get(modules, scratch->report, name, &here, &module);
	assert_true((r == 0) == (module != NULL));
	assert_int_equal(modules_count(modules), r == 0);
	modules_free(modules);
	return r;
}

/* Refused, with a message that names the file, the place in the stack, and the error. */
static void refused(struct scratch *scratch, const char *name, const char *id, const char *text)
{
	const struct ejg_finding *finding;

	if (load(scratch, name) != -EBADMSG)
		fail_msg("%s was not refused", name);
	assert_reported(scratch->report, id, text);
	finding = report_finding(scratch->report, 0);
	assert_string_equal(finding->file, here.file);
	assert_int_equal(finding->line, here.line);
	assert_true(*finding->remedy);
	assert_non_null(strstr(finding->message, name));
}

static const struct {
	const char *name;
	const char *problem;
} bad[] = {
	{ "bad_function", "not a descriptor" },
	{ "bad_symbol", "does not export the object ejguard_module" },
	{ "bad_unresolved", "undefined symbol: no_library_has_this" },
	{ "bad_old", "made for module ABI 0" },
	{ "bad_major", "made for module ABI 2" },
	{ "bad_minor", "needs module ABI 1.9" },
	{ "bad_short", "size of" },
	{ "bad_long", "says it has" },
	{ "bad_odd", "size of" },
	{ "bad_name", "calls itself 'another'" },
	{ "bad_flags", "flags" },
	{ "bad_nothing", "neither check nor confine" },
	{ "bad_apply", "apply without release" },
	{ "bad_release", "release without apply" },
	{ "bad_watch", "watch without watch_next" },
	{ "bad_option", "'number' twice" },
};

static void each_bad_fixture_is_refused(void **state)
{
	struct scratch *scratch = *state;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		install(scratch, bad[i].name, bad[i].name, NULL);
		refused(scratch, bad[i].name, "module-malformed", bad[i].problem);
	}
}

static void good_ones_are_loaded(void **state)
{
	static const char *const good[] = { "good", "newer", "older", "irreversible", "confiner" };
	struct scratch *scratch = *state;

	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		install(scratch, good[i], good[i], NULL);
		if (load(scratch, good[i]) != 0)
			fail_msg("%s: %s", good[i], report_first_failure(scratch->report));
	}
}

static void patch_machine(Elf64_Ehdr *header)
{
	header->e_machine = header->e_machine == EM_S390 ? EM_X86_64 : EM_S390;
}

static void patch_class(Elf64_Ehdr *header)
{
	header->e_ident[EI_CLASS] ^= ELFCLASS32 ^ ELFCLASS64;
}

static void patch_type(Elf64_Ehdr *header)
{
	header->e_type = ET_REL;
}

static void patch_program_headers(Elf64_Ehdr *header)
{
	header->e_phnum = 0;
}

static void files_that_are_no_shared_objects(void **state)
{
	struct scratch *scratch = *state;

	scratch_text(scratch, "text.so", "#!/bin/sh\necho this is not an ELF file, whatever its name may say to you\n");
	refused(scratch, "text", "module-malformed", "not an ELF file");
	scratch_text(scratch, "empty.so", "");
	refused(scratch, "empty", "module-malformed", "not an ELF file");
	scratch_text(scratch, "cut.so", ELFMAG);
	refused(scratch, "cut", "module-malformed", "not an ELF file");
	install(scratch, "good", "machine", patch_machine);
	refused(scratch, "machine", "module-malformed", "built for another machine");
	install(scratch, "good", "class", patch_class);
	refused(scratch, "class", "module-malformed", "built for another machine");
	install(scratch, "good", "type", patch_type);
	refused(scratch, "type", "module-malformed", "not a shared object");
	install(scratch, "good", "headers", patch_program_headers);
	refused(scratch, "headers", "module-malformed", "cannot be loaded");
}

static void files_that_others_may_change(void **state)
{
	struct scratch *scratch = *state;

	assert_int_equal(chmod(install(scratch, "good", "good", NULL), 0666), 0);
	refused(scratch, "good", "module-untrusted", "may be written by other users");
	assert_int_equal(chmod(scratch_path(scratch, "good.so"), 0664), 0);
	refused(scratch, "good", "module-untrusted", "may be written by other users");
	assert_int_equal(chmod(scratch_path(scratch, "good.so"), 0644), 0);
	assert_int_equal(chmod(scratch->folder, 0777), 0);
	refused(scratch, "good", "module-untrusted", "may be written by other users");
	assert_int_equal(chmod(scratch->folder, 0700), 0);
	assert_int_equal(load(scratch, "good"), 0);
	if (geteuid() != 0)
		return;
	assert_int_equal(chown(scratch_path(scratch, "good.so"), 65534, 65534), 0);
	refused(scratch, "good", "module-untrusted", "belongs to user 65534");
}

static void names_that_lead_elsewhere(void **state)
{
	struct scratch *scratch = *state;

	install(scratch, "good", "good", NULL);
	assert_int_equal(symlink("good.so", scratch_path(scratch, "link.so")), 0);
	refused(scratch, "link", "module-untrusted", "symbolic link");
	scratch_mkdir(scratch, "folder.so");
	refused(scratch, "folder", "module-untrusted", "folder");
	assert_int_equal(mkfifo(scratch_path(scratch, "fifo.so"), 0600), 0);
	refused(scratch, "fifo", "module-untrusted", "not a regular file");
}

static void two_modules_under_one_name(void **state)
{
	struct scratch *scratch = *state;
	const char *path = arena_strdup(scratch->arena, install(scratch, "good", "good", NULL));

	install(scratch, "good", "copy", NULL);
	refused(scratch, "copy", "module-malformed", "calls itself 'good'");
	assert_int_equal(link(path, scratch_path(scratch, "twin.so")), 0);
	refused(scratch, "twin", "module-malformed", "calls itself 'good'");
	assert_int_equal(load(scratch, "good"), 0);
}

static void names_that_are_none(void **state)
{
	static const char *const names[] = { "",    "Good",  "../good",	    "good.so", "a b",
					     "a-b", "good/", "caf\xc3\xa9", "good\n" };
	struct scratch *scratch = *state;
	char name[130];

	install(scratch, "good", "good", NULL);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		assert_int_equal(load(scratch, names[i]), -EBADMSG);
		assert_reported(scratch->report, "module-missing", "cannot be the name of a module");
	}
	memset(name, 'a', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	refused(scratch, name, "module-missing", "cannot be the name of a module");
}

static void a_missing_one_may_be_misspelt(void **state)
{
	struct scratch *scratch = *state;

	refused(scratch, "goood", "module-missing", "there is no module 'goood'");
	install(scratch, "good", "good", NULL);
	refused(scratch, "goood", "module-missing", "did you mean 'good'?");
	refused(scratch, "quite_another", "module-missing", "does not exist)");
}

/* The dynamic loader would return the library that it has loaded under that name before. */
static void a_replaced_file_is_noticed(void **state)
{
	struct modules *before, *after;
	const struct loaded_module *module;
	struct scratch *scratch = *state;

	install(scratch, "good", "good", NULL);
	before = modules_new(scratch->folder);
	assert_int_equal(modules_get(before, scratch->report, "good", &here, &module), 0);
	assert_int_equal(unlink(scratch_path(scratch, "good.so")), 0);
	install(scratch, "good", "good", NULL);
	after = modules_new(scratch->folder);
	assert_int_equal(modules_get(after, scratch->report, "good", &here, &module), -EBADMSG);
	assert_reported(scratch->report, "module-malformed", "was replaced after");
	modules_free(after);
	modules_free(before);
	assert_int_equal(load(scratch, "good"), 0);
}

static void loads_once_and_lists_by_name(void **state)
{
	struct scratch *scratch = *state;
	const struct loaded_module *one, *two;
	struct modules *modules = modules_new(scratch->folder);

	install(scratch, "newer", "newer", NULL);
	install(scratch, "good", "good", NULL);
	install(scratch, "bad_old", "bad_old", NULL);
	scratch_text(scratch, "README", "not a module");
	scratch_text(scratch, "Upper.so", "not a module's name");
	assert_int_equal(modules_get(modules, scratch->report, "newer", NULL, &one), 0);
	assert_int_equal(modules_get(modules, scratch->report, "newer", NULL, &two), 0);
	assert_ptr_equal(one, two);
	assert_int_equal(modules_count(modules), 1);
	assert_int_equal(modules_get_all(modules, scratch->report), -EBADMSG);
	assert_reported(scratch->report, "module-malformed", "bad_old.so' is made for");
	assert_reported(scratch->report, "module-missing", "'Upper' cannot be the name");
	assert_int_equal(report_finding_count(scratch->report), 2);
	assert_int_equal(modules_count(modules), 2);
	assert_string_equal(modules_at(modules, 0)->descriptor.name, "good");
	assert_ptr_equal(modules_at(modules, 1), one);
	assert_null(modules_at(modules, 2));
	assert_string_equal(one->path, scratch_path(scratch, "newer.so"));
	assert_null(modules_free(modules));
}

static void a_folder_that_is_not_there(void **state)
{
	struct scratch *scratch = *state;
	struct modules *modules = modules_new("/nonexistent/modules");
	const struct loaded_module *module;

	assert_int_equal(modules_get_all(modules, scratch->report), -EBADMSG);
	assert_reported(scratch->report, "module-missing", "/nonexistent");
	assert_int_equal(modules_get(modules, scratch->report, "good", &here, &module), -EBADMSG);
	modules_free(modules);
	assert_null(modules_free(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(each_bad_fixture_is_refused),
		scratch_test(good_ones_are_loaded),
		scratch_test(files_that_are_no_shared_objects),
		scratch_test(files_that_others_may_change),
		scratch_test(names_that_lead_elsewhere),
		scratch_test(two_modules_under_one_name),
		scratch_test(names_that_are_none),
		scratch_test(a_missing_one_may_be_misspelt),
		scratch_test(a_replaced_file_is_noticed),
		scratch_test(loads_once_and_lists_by_name),
		scratch_test(a_folder_that_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
