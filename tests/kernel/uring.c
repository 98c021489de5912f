/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* io_uring for one operation at a time, by its system calls. */
#include <errno.h>
#include <linux/io_uring.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "tests/kernel/attempts.h"

struct ring {
	int fd;
	struct io_uring_params params;
	unsigned char *queues; /* of submissions and of completions */
	struct io_uring_sqe *entries;
};

static void *map(int fd, off_t offset, size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, offset);

	return p == MAP_FAILED ? NULL : p;
}

/* Mappings end with the process, which makes few rings. Return: 0 or a negative errno. */
static int open_ring(struct ring *ring, unsigned int flags)
{
	size_t size;

	*ring = (struct ring){ .params.flags = flags, .params.sq_thread_idle = 100 };
	ring->fd = syscall(SYS_io_uring_setup, 2, &ring->params);
	if (ring->fd < 0)
		return -errno;
	if (!(ring->params.features & IORING_FEAT_SINGLE_MMAP))
		return -EOPNOTSUPP;
	size = ring->params.cq_off.cqes + ring->params.cq_entries * sizeof(struct io_uring_cqe);
	ring->queues = map(ring->fd, IORING_OFF_SQ_RING, size);
	ring->entries = map(ring->fd, IORING_OFF_SQES, ring->params.sq_entries * sizeof(struct io_uring_sqe));
	return ring->queues && ring->entries ? 0 : -ENOMEM;
}

static unsigned int *word(const struct ring *ring, unsigned int offset)
{
	return (unsigned int *)(ring->queues + offset);
}

static int submit(const struct ring *ring, const struct io_uring_sqe *sqe)
{
	unsigned int flags = IORING_ENTER_GETEVENTS;
	const struct io_uring_cqe *cqe;

	ring->entries[0] = *sqe;
	*word(ring, ring->params.sq_off.array) = 0;
	__atomic_store_n(word(ring, ring->params.sq_off.tail), 1, __ATOMIC_RELEASE);
	if (ring->params.flags & IORING_SETUP_SQPOLL)
		flags |= IORING_ENTER_SQ_WAKEUP;
	while (__atomic_load_n(word(ring, ring->params.cq_off.tail), __ATOMIC_ACQUIRE) == 0)
		if (syscall(SYS_io_uring_enter, ring->fd, 1, 1, flags, NULL, 0) < 0 && errno != EINTR)
			return -errno;
	cqe = (const struct io_uring_cqe *)(ring->queues + ring->params.cq_off.cqes);
	return cqe->res;
}

/* Replaces the descriptor of the socket by its index in the ring's table, where it is the only entry. */
static int fix(const struct ring *ring, struct io_uring_sqe *entry)
{
	int fd = entry->fd;

	if (entry->opcode == IORING_OP_SOCKET)
		return 0;
	if (syscall(SYS_io_uring_register, ring->fd, IORING_REGISTER_FILES, &fd, 1) < 0)
		return -errno;
	entry->fd = 0;
	entry->flags |= IOSQE_FIXED_FILE;
	return 0;
}

int uring_do(const struct end *end, const struct io_uring_sqe *sqe)
{
	struct io_uring_sqe entry = *sqe;
	struct ring ring;
	int r = open_ring(&ring, has(end, WAY_URING_SQPOLL) ? IORING_SETUP_SQPOLL : 0);

	if (r < 0)
		return r;
	if (has(end, WAY_URING_ASYNC))
		entry.flags |= IOSQE_ASYNC;
	if (has(end, WAY_URING_FIXED))
		r = fix(&ring, &entry);
	if (r == 0)
		r = submit(&ring, &entry);
	/* Otherwise it would be closed later with the ring, and block the port of the next attempts. */
	if (has(end, WAY_URING_FIXED))
		syscall(SYS_io_uring_register, ring.fd, IORING_UNREGISTER_FILES, NULL, 0);
	close(ring.fd);
	return r;
}

bool uring_can(int operation)
{
	enum { ROOM = 256 };
	cleanup_free struct io_uring_probe *probe = calloc(1, sizeof(*probe) + ROOM * sizeof(struct io_uring_probe_op));
	struct ring ring;
	bool can = false;

	if (!probe || open_ring(&ring, 0) < 0)
		return false;
	if (syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_PROBE, probe, ROOM) == 0)
		can = operation <= probe->last_op && probe->ops[operation].flags & IO_URING_OP_SUPPORTED;
	close(ring.fd);
	return can;
}
