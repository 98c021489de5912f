/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/net/names.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "libejguard/util/cleanup.h"
#include "libejguard/util/resolver.h"

int names_add(struct name_list *list, size_t peer, const struct ejg_prefix *address, int64_t seen)
{
	/* Doubled when n is a power of two, so that appending is cheap. */
	if (!(list->n & (list->n - 1))) {
		size_t room = list->n ? 2 * list->n : 1;
		struct name_address *items = reallocarray(list->items, room, sizeof(*items));

		if (!items)
			return -ENOMEM;
		list->items = items;
	}
	list->items[list->n++] = (struct name_address){ peer, *address, seen };
	return 0;
}

bool names_have_peer(const struct name_list *list, size_t peer)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i].peer == peer)
			return true;
	return false;
}

bool names_have(const struct name_list *list, size_t peer, const struct ejg_prefix *address)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i].peer == peer &&
		    memcmp(list->items[i].address.bytes, address->bytes, sizeof(address->bytes)) == 0)
			return true;
	return false;
}

int64_t names_now(void)
{
	return time(NULL);
}

static int add_address(void *data, size_t peer, const struct ejg_prefix *address)
{
	return names_add(data, peer, address, names_now());
}

int names_resolve(const struct ejg_facts *facts, const bool *wanted, struct name_list *ret)
{
	cleanup_free const char **names = calloc(facts->n_peers + 1, sizeof(*names));
	struct name_list list = {};
	int r;

	if (!names)
		return -ENOMEM;
	for (size_t i = 0; i < facts->n_peers; i++)
		names[i] = wanted[i] ? ejg_peer_get(facts, i)->name : NULL;
	r = resolver_ask(names, facts->n_peers, AF_UNSPEC, NAMES_MAX_ADDRESSES, NAMES_TIMEOUT_MS, add_address, &list,
			 NULL);
	if (r < 0) {
		names_free(&list);
		return r;
	}
	*ret = list;
	return 0;
}

void names_free(struct name_list *list)
{
	free(list->items);
	*list = (struct name_list){};
}
