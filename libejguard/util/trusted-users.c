/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/util/trusted-users.h"

#include "libejguard/util/passwd.h"

struct list {
	uid_t *items;
	size_t n, max;
};

static void add(struct list *list, uid_t uid)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i] == uid)
			return;
	if (list->n < list->max)
		list->items[list->n++] = uid;
}

static void add_text(struct list *list, const char *root, const char *text)
{
	uid_t uid;

	if (passwd_uid(root, text, &uid) == 0)
		add(list, uid);
}

static int compare(const void *a, const void *b)
{
	uid_t x = *(const uid_t *)a, y = *(const uid_t *)b;

	return x < y ? -1 : x > y;
}

size_t trusted_users(const struct trusted_users *known, uid_t *ret, size_t max)
{
	struct list list = { ret, 0, max };

	add(&list, 0);
	add_text(&list, known->root, known->configured && *known->configured ? known->configured : known->service);
	add_text(&list, known->root, "epmd");
	for (size_t i = 0; i < known->n_named; i++)
		add(&list, known->named[i]);
	qsort(ret, list.n, sizeof(*ret), compare);
	return list.n;
}
