/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/net/names.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>

#include "libejguard/util/cleanup.h"
#include "libejguard/util/resolver.h"

int names_add(struct name_list *list, size_t peer, const struct ejg_prefix *address)
{
	/* Doubled when n is a power of two: appending stays cheap. */
	if (!(list->n & (list->n - 1))) {
		size_t room = list->n ? 2 * list->n : 1;
		struct name_address *items = reallocarray(list->items, room, sizeof(*items));

		if (!items)
			return -ENOMEM;
		list->items = items;
	}
	list->items[list->n++] = (struct name_address){ peer, *address };
	return 0;
}

static int add_address(void *data, size_t peer, const struct ejg_prefix *address)
{
	return names_add(data, peer, address);
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
