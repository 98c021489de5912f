/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/net/watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "libejguard/modules/net/denials.h"
#include "libejguard/util/cleanup.h"

#define INTERVAL_NS 250000000L

struct denial_watch {
	struct denial_list seen; /* by key: denials that were returned or existed before */
	struct denial_list now;	 /* the last read; `next` is the next row to compare */
	size_t next;
	int timer;
};

static int start_timer(void)
{
	const struct itimerspec interval = { { 0, INTERVAL_NS }, { 0, INTERVAL_NS } };
	cleanup_fd int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);

	if (fd < 0 || timerfd_settime(fd, 0, &interval, NULL) < 0)
		return -errno;
	return take_fd(fd);
}

static int read_now(struct ejg_call *call, struct denial_list *ret)
{
	struct pins pins = PINS_NULL;
	enum pins_state state = PINS_ABSENT;
	int r = pins_open(call, ejg_call_facts(call)->service, &pins, &state);

	/* Not applied, or released during the watch: no denials then. */
	if (r == 0 && state == PINS_CURRENT) {
		r = denials_read(&pins, ret);
		if (r < 0)
			r = ejg_call_error(call, -EIO, NULL, "cannot read the denials below %s: %s", pins.path,
					   strerror(-r));
	}
	pins_close(&pins);
	return r;
}

int watch_begin(struct ejg_call *call, struct denial_watch **ret, int *ret_fd)
{
	struct denial_watch *watch;
	int r = pins_probe(call);

	if (r < 0)
		return r;
	watch = calloc(1, sizeof(*watch));
	if (!watch)
		return ejg_call_error(call, -ENOMEM, NULL, "no memory");
	*ret = watch;
	watch->timer = start_timer();
	if (watch->timer < 0)
		return ejg_call_error(call, -EIO, NULL, "cannot make a timer: %s", strerror(-watch->timer));
	r = ejg_call_recorded(call) ? 0 : read_now(call, &watch->seen);
	if (r == 0)
		*ret_fd = watch->timer;
	return r;
}

/* The next row that is new or whose count has changed. Return: NULL when there are none. */
static const struct denial *next_event(struct denial_watch *watch)
{
	while (watch->next < watch->now.n) {
		const struct denial *denial = &watch->now.items[watch->next++];
		const struct denial *before = denials_find(&watch->seen, &denial->key);

		/* A smaller count means that the row was removed and made again. */
		if (!before || before->row.count != denial->row.count)
			return denial;
	}
	return NULL;
}

int watch_next(struct ejg_call *call, struct denial_watch *watch)
{
	const struct denial *denial = next_event(watch);
	struct denial_words words;
	uint64_t ticks;
	int r;

	if (!denial) {
		if (read(watch->timer, &ticks, sizeof(ticks)) != sizeof(ticks))
			return 0;
		if (watch->now.n) {
			denials_free(&watch->seen);
			watch->seen = watch->now;
			watch->now = (struct denial_list){};
		}
		watch->next = 0;
		r = read_now(call, &watch->now);
		if (r < 0)
			return r;
		denial = next_event(watch);
	}
	if (!denial)
		return 0;
	denial_describe(ejg_call_facts(call), denial, &words);
	ejg_call_event(call, denial_realtime(denial->row.last), words.labels, words.n_labels, "%s", words.line);
	return 0;
}

void watch_free(struct denial_watch *watch)
{
	if (!watch)
		return;
	denials_free(&watch->seen);
	denials_free(&watch->now);
	ejg_close_fd(&watch->timer);
	free(watch);
}
