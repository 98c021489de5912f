/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The settings of trees with files that are wrong, or in the wrong place. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "tests/unit/settings-fixture.h"

static int collect(struct scratch *scratch, const struct ejg_setting **ret, size_t *ret_n)
{
	const struct settings_source source = { .root = arena_strdup(scratch->arena, scratch_path(scratch, "root")) };

	return settings_collect(new_settings(scratch->arena, &source, "/etc/ejabberd", EJG_ORIGIN_DEFAULT), ret, ret_n);
}

static void assert_described(struct scratch *scratch, const char *line)
{
	const struct ejg_setting *settings;
	size_t n;

	assert_int_equal(collect(scratch, &settings, &n), 0);
	check_list(settings, n);
	if (!is_described(scratch->arena, settings, n, line))
		fail_msg("not '%s'", line);
}

/* Files that are no regular files, too large, missing, or outside of the tree. */
static void test_hostile(void **state)
{
	struct scratch *scratch = *state;
	const struct file cfg = { "/etc/ejabberd/ejabberdctl.cfg", "FIREWALL_WINDOW=1-2\n" };
	const struct file script = { "/usr/sbin/ejabberdctl", "" };
	const struct file unit = { "/etc/systemd/system/ejabberd.service", "" };
	char *large = malloc(SOURCE_MAX_FILE + 1);

	assert_non_null(large);
	scratch_mkdir(scratch, "root");
	make_file(scratch, &cfg);
	make_file(scratch, &script);
	make_file(scratch, &unit);
	memset(large, ';', SOURCE_MAX_FILE + 1);
	scratch_write(scratch, "root/usr/sbin/ejabberdctl", large, SOURCE_MAX_FILE + 1);
	assert_described(scratch, "dist-range? [script /usr/sbin/ejabberdctl:0] larger than 1 MiB");
	for (size_t i = 0; i + 4 <= SOURCE_MAX_FILE; i += 4)
		memcpy(large + i, i % 8 ? "A=1;" : ": ;B", 4);
	scratch_write(scratch, "root/usr/sbin/ejabberdctl", large, SOURCE_MAX_FILE);
	assert_described(scratch, "dist-range? [script /usr/sbin/ejabberdctl:0] in an unknown way");
	scratch_write(scratch, "root/usr/sbin/ejabberdctl", "A=1\0B=2\n", 8);
	assert_described(scratch, "dist-range? [script /usr/sbin/ejabberdctl:0] NUL byte");
	unlink(scratch_path(scratch, "root/usr/sbin/ejabberdctl"));
	assert_int_equal(mkfifo(scratch_path(scratch, "root/usr/sbin/ejabberdctl"), 0600), 0);
	assert_described(scratch, "dist-range? [script /usr/sbin/ejabberdctl:0] not a regular file");
	unlink(scratch_path(scratch, "root/usr/sbin/ejabberdctl"));
	assert_described(scratch, "dist-range=1-2 [found /etc/ejabberd/ejabberdctl.cfg:1]");
	for (size_t i = 0; i + 2 <= SOURCE_MAX_FILE; i += 2)
		memcpy(large + i, "\\q", 2);
	memcpy(large, "[Service]\nEnvironment=", 22);
	scratch_write(scratch, "root/etc/systemd/system/ejabberd.service", large, SOURCE_MAX_FILE);
	assert_described(scratch, "dist-range? [unit /etc/systemd/system/ejabberd.service:2] escape");
	scratch_write(scratch, "root/etc/systemd/system/ejabberd.service", "[Service]\n\0", 11);
	assert_described(scratch, "dist-range? [unit /etc/systemd/system/ejabberd.service:0] NUL byte");
	unlink(scratch_path(scratch, "root/etc/systemd/system/ejabberd.service"));
	/* a link that is resolved inside of the tree */
	unlink(scratch_path(scratch, "root/etc/ejabberd/ejabberdctl.cfg"));
	assert_int_equal(symlink("/../../../../etc/passwd", scratch_path(scratch, "root/etc/ejabberd/ejabberdctl.cfg")),
			 0);
	assert_described(scratch, "dist-range unset");
	free(large);
}

static void add_empty(struct scratch *scratch, const char *folder, unsigned int name)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "%s/%u", folder, name);
	fd = open(scratch_path(scratch, path), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	close(fd);
}

/* What a folder with too many entries sets is not known, even where all that was read sets nothing. */
static void test_many_entries(void **state)
{
	struct scratch *scratch = *state;
	const struct file files[] = {
		{ "/etc/ejabberd/ejabberdctl.cfg", "FIREWALL_WINDOW=1-2\n" },
		{ "/etc/systemd/system/ejabberd.service", "[Service]\nEnvironmentFile=/etc/many/*.conf\n"
							  "ExecStart=/usr/sbin/ejabberdctl foreground\n" },
	};
	const char *from, *to;

	scratch_mkdir(scratch, "root");
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		make_file(scratch, &files[i]);
	scratch_mkdir(scratch, "root/etc/many");
	for (unsigned int i = 0; i < SOURCE_MAX_ENTRIES; i++)
		add_empty(scratch, "root/etc/many", i);
	assert_described(scratch, "dist-range=1-2 [found /etc/ejabberd/ejabberdctl.cfg:1]");
	add_empty(scratch, "root/etc/many", SOURCE_MAX_ENTRIES);
	assert_described(scratch, "dist-range? [unit /etc/systemd/system/ejabberd.service:2] /etc/many has more than "
				  "65536 entries");
	from = arena_strdup(scratch->arena, scratch_path(scratch, "root/etc/many"));
	to = arena_strdup(scratch->arena, scratch_path(scratch, "root/etc/systemd/system/ejabberd.service.d"));
	assert_int_equal(rename(from, to), 0);
	assert_described(scratch, "dist-range? [unit /etc/systemd/system/ejabberd.service:0] "
				  "/etc/systemd/system/ejabberd.service.d has more than 65536 entries");
	assert_int_equal(rename(to, from), 0);
	assert_described(scratch, "dist-range? [unit /etc/systemd/system/ejabberd.service:2]");
}

/* Files of the running system: a link of the service's may lead to a file that must not be opened. */
static void test_system_regular(void **state)
{
	struct scratch *scratch = *state;
	const char *link = arena_strdup(scratch->arena, scratch_path(scratch, "vm.args"));
	cleanup_source_text struct source_text none = { 0 }, some = { 0 };

	assert_int_equal(mkfifo(scratch_path(scratch, "pipe"), 0600), 0);
	scratch_text(scratch, "file", "-smp\n");
	assert_int_equal(symlink("pipe", link), 0);
	assert_int_equal(settings_read(scratch->arena, &settings_source_system, link, &none), 0);
	assert_true(none.missing);
	assert_null(none.text);
	assert_null(none.problem);
	assert_int_equal(unlink(link), 0);
	assert_int_equal(symlink("file", link), 0);
	assert_int_equal(settings_read(scratch->arena, &settings_source_system, link, &some), 0);
	assert_false(some.missing);
	assert_string_equal(some.text, "-smp\n");
}

/* A unit that is masked, or an alias of another one, whose drop-ins then apply. */
static void test_unit_links(void **state)
{
	struct scratch *scratch = *state;
	const struct file files[] = {
		{ "/usr/lib/systemd/system/ejabberd.service", "[Service]\nEnvironment=ERL_DIST_PORT=1\n"
							      "ExecStart=/usr/sbin/ejabberdctl foreground\n" },
		{ "/usr/lib/systemd/system/xmpp.service", "[Service]\nEnvironment=ERL_DIST_PORT=2\n"
							  "ExecStart=/usr/sbin/ejabberdctl foreground\n" },
		{ "/etc/systemd/system/xmpp.service.d/a.conf", "[Service]\nEnvironment=ERL_DIST_PORT=3\n" },
		{ "/etc/ejabberd/ejabberdctl.cfg", "" },
		{ "/dev/null", "" },
	};

	scratch_mkdir(scratch, "root");
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		make_file(scratch, &files[i]);
	assert_described(scratch, "ERL_DIST_PORT=1 [unit /usr/lib/systemd/system/ejabberd.service:2]");
	assert_int_equal(symlink("/usr/lib/systemd/system/xmpp.service",
				 scratch_path(scratch, "root/etc/systemd/system/ejabberd.service")),
			 0);
	assert_described(scratch, "ERL_DIST_PORT=3 [unit /etc/systemd/system/xmpp.service.d/a.conf:2]");
	unlink(scratch_path(scratch, "root/etc/systemd/system/ejabberd.service"));
	assert_int_equal(symlink("/dev/null", scratch_path(scratch, "root/etc/systemd/system/ejabberd.service")), 0);
	assert_described(scratch, "ERL_DIST_PORT unset");
}

/* Settings that were read stay even if the files change, except for defaults that depend on the folder. */
static void test_once(void **state)
{
	struct scratch *scratch = *state;
	const struct file script = { "/usr/sbin/ejabberdctl", "CONFIG_DIR=/etc/ejabberd\n"
							      "EJABBERDCTL_CONFIG_PATH=$CONFIG_DIR/ejabberdctl.cfg\n"
							      ". $EJABBERDCTL_CONFIG_PATH\n" };
	const struct file old = { "/etc/ejabberd/ejabberdctl.cfg", "FIREWALL_WINDOW=1-2\n" };
	const struct file new = { "/etc/ejabberd/ejabberdctl.cfg", "FIREWALL_WINDOW=3-4\n" };
	const struct ejg_origin from = { .kind = EJG_ORIGIN_DISCOVERED };
	const struct ejg_setting *settings, *again;
	struct settings_source source = { .hostname = "host.example.org" };
	struct settings *s;
	size_t n;

	scratch_mkdir(scratch, "root");
	source.root = arena_strdup(scratch->arena, scratch_path(scratch, "root"));
	for (int with_script = 0; with_script < 2; with_script++) {
		make_file(scratch, &old);
		if (with_script)
			make_file(scratch, &script);
		s = new_settings(scratch->arena, &source, NULL, EJG_ORIGIN_DEFAULT);
		assert_int_equal(settings_collect(s, &settings, &n), 0);
		make_file(scratch, &new);
		settings_set_folder(s, "/etc/ejabberd", &from);
		assert_int_equal(settings_collect(s, &again, &n), 0);
		assert_true((again == settings) == with_script);
		assert_true(is_described(scratch->arena, again, n,
					 with_script ? "FIREWALL_WINDOW=1-2 [found /etc/ejabberd/ejabberdctl.cfg:1]"
						     : "FIREWALL_WINDOW=3-4 [found /etc/ejabberd/ejabberdctl.cfg:1]"));
		assert_int_equal(settings_collect(s, &settings, &n), 0);
		assert_ptr_equal(again, settings);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(test_hostile), scratch_test(test_many_entries), scratch_test(test_system_regular),
		scratch_test(test_once),    scratch_test(test_unit_links),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
