/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bind, listen and connect: with different system calls, threads and forms of the address. */
#include <errno.h>
#include <linux/capability.h>
#include <linux/io_uring.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "tests/kernel/attempts.h"

enum {
	URING_OP_BIND = 56, /* since 6.11 */
	URING_OP_LISTEN = 57,
	RFC2133_LENGTH = 24, /* of a sockaddr_in6 without a scope, which the kernel still accepts */
	BACKLOG = 16,
};

/* One call with an address, and its result: 0 or a positive errno. */
struct call {
	const struct end *end;
	int fd;
	bool connect;
	struct sockaddr_storage address;
	socklen_t length;
	int result;
};

static bool by_uring(const struct end *end)
{
	return end->ways &
	       (WAY_BIT(WAY_URING) | WAY_BIT(WAY_URING_ASYNC) | WAY_BIT(WAY_URING_SQPOLL) | WAY_BIT(WAY_URING_FIXED));
}

/* Writes the address in the form that the end uses. */
static void write_address(struct call *call, const struct place *place, uint16_t port)
{
	call->length = place_sockaddr(place, call->end->family, port, &call->address);
	if (has(call->end, WAY_UNSPEC))
		call->address.ss_family = AF_UNSPEC;
	if (has(call->end, WAY_FLOW))
		((struct sockaddr_in6 *)&call->address)->sin6_flowinfo = htonl(0xfffff);
	if (has(call->end, WAY_SHORT))
		call->length = RFC2133_LENGTH;
	if (has(call->end, WAY_LONG)) {
		memset((char *)&call->address + call->length, 0xff, sizeof(call->address) - call->length);
		call->length = sizeof(call->address);
	}
}

static void run_plain(struct call *call)
{
	int r = (call->connect ? connect : bind)(call->fd, (const struct sockaddr *)&call->address, call->length);

	call->result = r < 0 ? errno : 0;
}

static void run_uring(struct call *call)
{
	struct io_uring_sqe sqe = {
		.opcode = call->connect ? IORING_OP_CONNECT : URING_OP_BIND,
		.fd = call->fd,
		.addr = (uintptr_t)&call->address,
		.addr2 = call->length,
	};

	call->result = -uring_do(call->end, &sqe);
}

static void *run_in_thread(void *data)
{
	run_plain(data);
	return NULL;
}

static int run(struct call *call)
{
	pthread_t thread;
	int r;

	if (by_uring(call->end)) {
		run_uring(call);
	} else if (has(call->end, WAY_THREAD)) {
		r = pthread_create(&thread, NULL, run_in_thread, call);
		if (r)
			return r;
		pthread_join(thread, NULL);
	} else {
		run_plain(call);
	}
	return call->result;
}

int end_bind_socket(const struct end *end, int fd, const struct place *place, uint16_t port)
{
	struct call call = { .end = end, .fd = fd };

	write_address(&call, place, port);
	return run(&call);
}

int end_listen(const struct end *end, int fd)
{
	struct io_uring_sqe sqe = { .opcode = URING_OP_LISTEN, .fd = fd, .len = BACKLOG };

	if (by_uring(end))
		return -uring_do(end, &sqe);
	return listen(fd, BACKLOG) < 0 ? errno : 0;
}

/* The first byte goes with the SYN. */
static int send_first(const struct call *call, bool message)
{
	char byte = 'x';
	struct iovec iov = { &byte, 1 };
	struct msghdr header = {
		.msg_name = (void *)&call->address,
		.msg_namelen = call->length,
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};
	ssize_t n = message ? sendmsg(call->fd, &header, MSG_FASTOPEN)
			    : sendto(call->fd, &byte, 1, MSG_FASTOPEN, (const struct sockaddr *)&call->address,
				     call->length);

	return n == 1 ? 0 : errno;
}

/* Waits for the end of a nonblocking connect. */
static int finish_connect(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	socklen_t size = sizeof(int);
	int error;

	if (poll(&p, 1, -1) < 0 || getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0 ||
	    ioctl(fd, FIONBIO, &(int){ 0 }) < 0)
		return errno;
	return error;
}

/* A nonblocking connect. */
static int connect_nonblocking(struct call *call)
{
	int r;

	if (ioctl(call->fd, FIONBIO, &(int){ 1 }) < 0)
		return errno;
	r = run(call);
	return r == EINPROGRESS ? finish_connect(call->fd) : r;
}

/* Keeps the address from answering by filling the queue of its listener. */
static int silence(const struct call *call)
{
	for (int i = 0, listener = -1; i < 4; i++) {
		int fd = socket(call->end->family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1, r;

		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
		if (listener < 0) {
			listener = fd;
			r = bind(fd, (const struct sockaddr *)&call->address, call->length);
			r = r == 0 ? listen(fd, 0) : r;
		} else {
			r = connect(fd, (const struct sockaddr *)&call->address, call->length);
		}
		if (r < 0 && errno != EINPROGRESS)
			return errno;
	}
	return 0;
}

/* Drops privileges, as in the service: with CAP_NET_RAW a bound socket may be bound to another device. */
static int drop_privilege(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {};

	return syscall(SYS_capset, &header, data) < 0 ? errno : 0;
}

/* The socket is bound to a device while the connect waits: the repeated SYN is sent there. */
static int connect_then_bind_to_device(struct call *call)
{
	int r = silence(call);

	if (r)
		return r;
	if (ioctl(call->fd, FIONBIO, &(int){ 1 }) < 0)
		return errno;
	r = run(call);
	if (r != EINPROGRESS)
		return r;
	r = drop_privilege();
	if (r)
		return r;
	if (setsockopt(call->fd, SOL_SOCKET, SO_BINDTODEVICE, "eth0", 4) < 0)
		return errno;
	return finish_connect(call->fd);
}

int end_connect_socket(const struct end *end, int fd, const struct place *place, uint16_t port)
{
	struct call call = { .end = end, .fd = fd, .connect = true };

	write_address(&call, place, port);
	if (has(end, WAY_TFO_SENDTO) || has(end, WAY_TFO_SENDMSG))
		return send_first(&call, has(end, WAY_TFO_SENDMSG));
	if (has(end, WAY_DEVICE_LATER))
		return connect_then_bind_to_device(&call);
	return has(end, WAY_NONBLOCK) ? connect_nonblocking(&call) : run(&call);
}
