/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/base/user-name.h"

#include <stdio.h>
#include <string.h>

#include "libejguard/util/passwd.h"

char *user_name(const char *root, uid_t uid)
{
	cleanup_passwd_user struct passwd_user user = {};
	char *text;

	if (passwd_user_by_id(root, uid, &user) == 0 && *user.name)
		return strdup(user.name);
	return asprintf(&text, "%u", uid) < 0 ? NULL : text;
}
