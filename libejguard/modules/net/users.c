/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/net/users.h"

#include <stdlib.h>

#include "libejguard/util/cleanup.h"
#include "libejguard/util/passwd.h"

static size_t add(uid_t *users, size_t n, uid_t uid)
{
	for (size_t i = 0; i < n; i++)
		if (users[i] == uid)
			return n;
	if (n < USERS_MAX)
		users[n++] = uid;
	return n;
}

static int compare(const void *a, const void *b)
{
	uid_t x = *(const uid_t *)a, y = *(const uid_t *)b;

	return x < y ? -1 : x > y;
}

size_t users_of_service(const struct ejg_facts *facts, uid_t ret[static USERS_MAX])
{
	const char *const names[] = { facts->service, "epmd" };
	size_t n = add(ret, 0, 0);

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		cleanup_passwd_user struct passwd_user user = { 0 };

		if (passwd_user_by_name(NULL, names[i], &user) == 0)
			n = add(ret, n, user.uid);
	}
	for (size_t i = 0; i < facts->n_users; i++)
		n = add(ret, n, facts->users[i]);
	qsort(ret, n, sizeof(*ret), compare);
	return n;
}
