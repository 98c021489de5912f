/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/base/user-name.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>

char *user_name(uid_t uid)
{
	const struct passwd *user = getpwuid(uid);
	char *text;

	if (user && user->pw_name && *user->pw_name)
		return strdup(user->pw_name);
	return asprintf(&text, "%u", uid) < 0 ? NULL : text;
}
