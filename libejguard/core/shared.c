/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/core/shared.h"

#include <errno.h>
#include <string.h>

#include "libejguard/util/cleanup.h"

struct shared {
	struct shared *next;
	char *key;
	size_t size;
	void (*drop)(void *object);
	void *object;
};

static void shared_free(struct shared *shared)
{
	free(shared->object);
	free(shared->key);
	free(shared);
}

void shared_forget(struct shared **list)
{
	struct shared *shared;

	while ((shared = *list)) {
		*list = shared->next;
		if (shared->drop)
			shared->drop(shared->object);
		shared_free(shared);
	}
}

static struct shared *shared_new(const char *key, size_t size, void (*drop)(void *object))
{
	struct shared *shared = calloc(1, sizeof(*shared));

	if (!shared)
		return NULL;
	shared->key = strdup(key);
	shared->object = calloc(1, size ? size : 1);
	shared->size = size;
	shared->drop = drop;
	if (shared->key && shared->object)
		return shared;
	shared_free(shared);
	return NULL;
}

int shared_get(struct shared **list, struct ejg_call *call, const char *key, size_t size,
	       int (*make)(struct ejg_call *call, void *object), void (*drop)(void *object), const void **ret)
{
	struct shared *shared = *list;
	int r;

	while (shared && strcmp(shared->key, key) != 0)
		shared = shared->next;
	if (shared && shared->size != size)
		return -EPROTO;
	if (!shared) {
		shared = shared_new(key, size, drop);
		if (!shared)
			return -ENOMEM;
		r = make(call, shared->object);
		if (r < 0) {
			shared_free(shared);
			return r;
		}
		shared->next = *list;
		*list = shared;
	}
	*ret = shared->object;
	return 0;
}
