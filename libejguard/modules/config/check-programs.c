/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The programs of extauth_program and captcha_cmd: ejabberd starts without them, and fails when it first needs one. */
#include <errno.h>
#include <string.h>

#include "libejguard/modules/config/config.h"
#include "libejguard/modules/lib/yml/command.h"
#include "libejguard/util/quote.h"

/* Checks that the service may do that with a file. Return: 1 it may, 0 it may not or that is not known. */
static int check_file(struct config_check *check, const struct yml_path *option, const char *path, unsigned int may,
		      const char *of)
{
	cleanup_access_path struct access_path file = ACCESS_PATH_NULL;
	const struct yml_node place = { .file = option->file, .line = option->line, .column = option->column };
	const char *problem = NULL;
	int r = access_walk(check->arena, check->facts->root, path, ACCESS_FOLLOW, &check->service.trust, &file,
			    &problem);

	check->no_memory |= r == -ENOMEM;
	if (r < 0)
		return 0;
	if (file.fd < 0) {
		config_finding(check, "file-missing", path, &place, NULL, "%s names it, but it does not exist", of);
		return 0;
	}
	r = access_service_may(&check->service, &file, may);
	if (r == 0)
		config_finding(check, "file-unreadable", file.path, &place, NULL,
			       "%s names it, and user %s cannot %s it", of, check->service.user,
			       may == ACCESS_EXECUTE ? "execute" : "read");
	return r != 0;
}

/* A script that is executed itself needs the interpreter of its first line, too. */
static void check_program(struct config_check *check, const struct yml_path *option)
{
	const unsigned int may = option->script ? ACCESS_READ : ACCESS_EXECUTE;
	const char *interpreter, *of;

	if (!check_file(check, option, option->path, may, option->option) || option->script)
		return;
	interpreter = yml_interpreter(check->arena, check->facts->root, option->path);
	if (!interpreter)
		return;
	of = arena_printf(check->arena, "the first line of %s", option->path);
	if (of)
		check_file(check, option, interpreter, ACCESS_EXECUTE, of);
}

void check_programs(struct config_check *check)
{
	for (size_t i = 0; i < check->paths.n; i++)
		if (check->paths.items[i].kind == YML_PATH_PROGRAM && !check->paths.items[i].argument)
			check_program(check, &check->paths.items[i]);
}
