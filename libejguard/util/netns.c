/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/util/netns.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>

#include "libejguard/util/cleanup.h"

const char *netns_name(const struct netns *netns, char text[static NETNS_NAME_SIZE])
{
	snprintf(text, NETNS_NAME_SIZE, netns->own ? "this network namespace" : "network namespace %s", netns->label);
	return text;
}

void netns_free(struct netns_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		ejg_close_fd(&list->items[i].fd);
	free(list->items);
	*list = (struct netns_list){};
}

struct job {
	int fd;
	int (*fn)(void *data);
	void *data;
	int result;
};

static void *run(void *data)
{
	struct job *job = data;

	job->result = setns(job->fd, CLONE_NEWNET) < 0 ? -errno : job->fn(job->data);
	return NULL;
}

int netns_run(const struct netns *netns, int (*fn)(void *data), void *data)
{
	struct job job = { netns->fd, fn, data, 0 };
	sigset_t all, before;
	pthread_t thread;
	int r;

	if (netns->own)
		return fn(data);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = pthread_create(&thread, NULL, run, &job);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (r)
		return -r;
	pthread_join(thread, NULL);
	return job.result;
}
