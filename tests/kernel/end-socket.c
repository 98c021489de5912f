/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The owner of a socket: hooks use the cgroup in which it was made; processes can try to change that in these ways. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/io_uring.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/kernel/attempts.h"

int enter_cgroup(const char *path)
{
	cleanup_fd int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd = -1;

	if (folder < 0)
		return errno;
	fd = openat(folder, "cgroup.procs", O_WRONLY | O_CLOEXEC);
	return fd >= 0 && write(fd, "0", 1) == 1 ? 0 : errno;
}

static int make(const struct end *end)
{
	int type = has(end, WAY_UDP) ? SOCK_DGRAM : SOCK_STREAM;
	int protocol = has(end, WAY_MPTCP) ? IPPROTO_MPTCP : 0;
	struct io_uring_sqe sqe = { .opcode = IORING_OP_SOCKET, .fd = end->family, .off = type, .len = protocol };
	int fd, r;

	if (has(end, WAY_SMC))
		return socket(AF_SMC, type | SOCK_CLOEXEC, end->family == AF_INET ? 0 : 1); /* SMCPROTO_SMC, _SMC6 */
	if (!(end->ways &
	      (WAY_BIT(WAY_URING) | WAY_BIT(WAY_URING_ASYNC) | WAY_BIT(WAY_URING_SQPOLL) | WAY_BIT(WAY_URING_FIXED))))
		return socket(end->family, type | SOCK_CLOEXEC, protocol);
	r = fd = uring_do(end, &sqe);
	if (r >= 0)
		return fd;
	errno = -r;
	return -1;
}

static int write_file(int folder, const char *name, const char *text)
{
	cleanup_fd int fd = openat(folder, name, O_WRONLY | O_CLOEXEC);

	return fd >= 0 && write(fd, text, strlen(text)) > 0 ? 0 : errno;
}

/* Makes a cgroup. Return: 0 and its folder, to be closed, or a positive errno. */
static int make_cgroup(int parent, const char *name, int *ret)
{
	if (mkdirat(parent, name, 0755) < 0 && errno != EEXIST)
		return errno;
	*ret = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *ret < 0 ? errno : 0;
}

/* Moves the whole process into a cgroup below; from there this thread into a threaded one. */
static int enter_below(const char *cgroup, bool threaded)
{
	cleanup_fd int folder = open(cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC), below = -1, lowest = -1;
	int r = folder < 0 ? errno : make_cgroup(folder, "below", &below);

	if (r == 0)
		r = write_file(below, "cgroup.procs", "0");
	if (r || !threaded)
		return r;
	r = make_cgroup(below, "threaded", &lowest);
	if (r == 0)
		r = write_file(lowest, "cgroup.type", "threaded");
	return r ? r : write_file(lowest, "cgroup.threads", "0");
}

/* A user namespace needs no privilege, and its root controls the network namespace that is made with it. */
static int unshare_network(void)
{
	return unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0 ? errno : 0;
}

int end_become(const struct end *end)
{
	const struct person *person = end->person;

	if (!person || (person->real == 0 && person->effective == 0))
		return 0;
	if (setgroups(0, NULL) < 0 || setresgid(person->real, person->effective, person->effective) < 0 ||
	    setresuid(person->real, person->effective, person->effective) < 0)
		return errno;
	/* It still ends when its parent dies. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || (person->user_root && unshare(CLONE_NEWUSER) < 0))
		return errno;
	return 0;
}

/* One process makes the socket and another one uses it: with these two ways root does it. */
static bool becomes_later(const struct end *end)
{
	return has(end, WAY_PASSED) || has(end, WAY_CONNECTING);
}

static int make_in(const struct end *end, const char *cgroup)
{
	int r = enter_cgroup(cgroup);

	if (r == 0 && (has(end, WAY_BELOW) || has(end, WAY_THREADED)))
		r = enter_below(cgroup, has(end, WAY_THREADED));
	if (r == 0 && !becomes_later(end))
		r = end_become(end);
	if (r == 0 && has(end, WAY_UNSHARED))
		r = unshare_network();
	if (r == 0)
		return make(end);
	errno = r;
	return -1;
}

static int send_descriptor(int channel, int fd)
{
	char byte = 0, room[CMSG_SPACE(sizeof(fd))] = {};
	struct iovec iov = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = room,
		.msg_controllen = sizeof(room),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	return sendmsg(channel, &message, 0) == 1 ? 0 : errno;
}

static int receive_descriptor(int channel)
{
	char byte, room[CMSG_SPACE(sizeof(int))];
	struct iovec iov = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = room,
		.msg_controllen = sizeof(room),
	};
	const struct cmsghdr *header;
	int fd = -1;

	if (recvmsg(channel, &message, MSG_CMSG_CLOEXEC) != 1)
		return -1;
	header = CMSG_FIRSTHDR(&message);
	if (header && header->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	return fd;
}

/* Another process makes the socket in its cgroup, and passes it to us in ours. */
static int make_elsewhere(const struct end *end, const char *maker, const char *user)
{
	int channel[2], fd = -1;
	pid_t pid;

	if (enter_cgroup(user) || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		fd = make_in(end, maker);
		_exit(fd < 0 || send_descriptor(channel[1], fd));
	}
	close(channel[1]);
	if (pid > 0) {
		fd = receive_descriptor(channel[0]);
		waitpid(pid, NULL, 0);
	}
	close(channel[0]);
	return fd;
}

static int make_as_wanted(const struct end *end)
{
	const char *elsewhere = end->world->elsewhere;
	int fd;

	if (has(end, WAY_PASSED))
		return make_elsewhere(end, end->cgroup, elsewhere);
	if (has(end, WAY_RECEIVED) || has(end, WAY_EARLY))
		return make_elsewhere(end, elsewhere, end->cgroup);
	fd = make_in(end, has(end, WAY_OUTSIDE) ? elsewhere : end->cgroup);
	if (fd >= 0 && has(end, WAY_LEFT) && enter_cgroup(elsewhere))
		return -1;
	if (fd >= 0 && has(end, WAY_OUTSIDE) && enter_cgroup(end->cgroup))
		return -1;
	return fd;
}

/* The guard is applied after the socket was made, and before it is used. */
static int apply_now(const struct end *end)
{
	if (end->variant == N_VARIANTS)
		return 0;
	return guard_apply(end->world, end->variant);
}

int end_socket(const struct end *end)
{
	int fd, r = 0;

	if (end->person && has(end, WAY_PORT_RANGE))
		r = set_ephemeral_range(true);
	fd = r == 0 ? make_as_wanted(end) : -1;
	if (fd < 0)
		return -1;
	if (has(end, WAY_EARLY))
		r = apply_now(end);
	if (r == 0 && (has(end, WAY_PASSED) || has(end, WAY_EARLY)))
		r = end_become(end);
	if (r) {
		errno = r;
		return -1;
	}
	/* Ends with a reset: remains of one attempt must not disturb the next one. */
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){ .l_onoff = 1 }, sizeof(struct linger));
	r = ways_set_options(fd, end->ways);
	if (r == 0)
		return fd;
	close(fd);
	errno = r;
	return -1;
}
