/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads this host, or an image: addresses, users, the kernel's ports, and the addresses of the node's name. */
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "libejguard/modules/node/node.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/epmd-client.h"
#include "libejguard/util/file.h"
#include "libejguard/util/netns.h"
#include "libejguard/util/root.h"
#include "libejguard/util/trusted-users.h"

static void add_own(struct node_world *world, const struct sockaddr *address)
{
	struct ejg_prefix own = { .length = 128 };

	if (!address || world->n_own == NODE_MAX_OWN)
		return;
	if (address->sa_family == AF_INET) {
		memset(own.bytes + 10, 0xff, 2);
		memcpy(own.bytes + 12, &((const struct sockaddr_in *)(const void *)address)->sin_addr, 4);
	} else if (address->sa_family == AF_INET6) {
		memcpy(own.bytes, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr, 16);
	} else {
		return;
	}
	world->own[world->n_own++] = own;
}

static int read_own(struct node_world *world)
{
	struct ifaddrs *list;

	if (getifaddrs(&list) < 0)
		return -errno;
	for (struct ifaddrs *at = list; at; at = at->ifa_next)
		add_own(world, at->ifa_addr);
	freeifaddrs(list);
	return 0;
}

/* Reads the first line of a kernel file; empty when it cannot be read. */
static void read_line(const char *path, char *text, size_t size)
{
	cleanup_file FILE *file = fopen(path, "re");

	*text = '\0';
	if (file && !fgets(text, (int)size, file))
		*text = '\0';
}

static void read_kernel(struct node_world *world)
{
	unsigned int start;
	char line[64];

	ephemeral_read(&world->ephemeral);
	world->unprivileged_start = 1024;
	read_line("/proc/sys/net/ipv4/ip_unprivileged_port_start", line, sizeof(line));
	if (sscanf(line, "%u", &start) == 1 && start <= 65535)
		world->unprivileged_start = (uint16_t)start;
}

static void read_trusted(const struct node *node, struct node_world *world)
{
	const struct trusted_users known = { node->facts->root, node->facts->service,
					     ejg_survey_value(node->survey, "user"), node->facts->users,
					     node->facts->n_users };

	world->n_trusted = trusted_users(&known, world->trusted, NODE_MAX_TRUSTED);
}

/* True if systemctl enable, or the package in its own folder, has enabled it. */
static bool epmd_socket_enabled(const char *root)
{
	static const char name[] = "epmd.socket";
	static const char *const folders[] = {
		"/etc/systemd/system/sockets.target.wants",
		"/run/systemd/system/sockets.target.wants",
		"/usr/lib/systemd/system/sockets.target.wants",
	};
	cleanup_fd int units = root_open(root, "/etc/systemd/system", O_PATH | O_DIRECTORY);
	char target[16];
	struct stat st;

	/* Masked by a link to /dev/null. */
	if (units >= 0 && readlinkat(units, name, target, sizeof(target)) == 9 && memcmp(target, "/dev/null", 9) == 0)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		cleanup_fd int folder = root_open(root, folders[i], O_PATH | O_DIRECTORY);

		if (folder >= 0 && fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			return true;
	}
	return false;
}

/* True if only trusted users can replace the program. For a process that has ended: true. */
static bool program_is_safe(const struct node_world *world, pid_t pid)
{
	char path[32];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
	if (stat(path, &st) < 0)
		return true;
	for (size_t i = 0; i < world->n_trusted; i++)
		if (st.st_uid == world->trusted[i])
			return !(st.st_mode & S_IWOTH);
	return false;
}

/* Asks the kernel, which knows local routes (AnyIP) and ip_nonlocal_bind. Port 0 conflicts with no other socket. */
static bool can_bind(const struct erl_address *inet)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in in = { .sin_family = AF_INET };
	cleanup_fd int fd = socket(inet->is_ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memcpy(&in.sin_addr, inet->bytes, 4);
	memcpy(&in6.sin6_addr, inet->bytes, 16);
	if (fd < 0)
		return false;
	return inet->is_ipv6 ? bind(fd, (struct sockaddr *)&in6, sizeof(in6)) == 0
			     : bind(fd, (struct sockaddr *)&in, sizeof(in)) == 0;
}

static int resolve(const struct node *node, struct node_world *world)
{
	const char *name = node->name.has_host ? node->name.host : world->hostname;
	const char *inetrc = node_value(node, "ERL_INETRC");
	char path[PATH_MAX];

	if (!node->name_known || !*name)
		return 0;
	if (!inetrc && node->facts->config_dir &&
	    snprintf(path, sizeof(path), "%s/inetrc", node->facts->config_dir) < (int)sizeof(path))
		inetrc = path;
	return node_host_resolve(name,
				 &(struct node_hosts_source){ .root = node->facts->root,
							      .inetrc = inetrc,
							      .hosts = "/etc/hosts",
							      .resolver = !world->image,
							      .ipv6 = node->ipv6 },
				 &world->host);
}

static int ask_name(uint16_t port, const char *name)
{
	static const struct ejg_prefix loopbacks[] = {
		{ .bytes = { [10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1 }, .length = 128 },
		{ .bytes = { [15] = 1 }, .length = 128 },
	};
	int r = -ENOENT;

	for (size_t i = 0; i < ARRAY_SIZE(loopbacks) && r < 0; i++)
		r = epmd_client_port(&loopbacks[i], port, NODE_EPMD_PATIENCE_MS, name);
	return r < 0 ? NODE_EPMD_UNKNOWN : r;
}

/* Does not ask at a socket that only the service manager holds: that would start epmd. */
static int ask_epmd(const struct node *node)
{
	const struct ejg_survey *survey = node->survey;
	bool runs = survey->epmd_answered;

	for (size_t i = 0; i < survey->n_listeners && !runs; i++) {
		const struct ejg_process *process = node_process(node, ejg_listener_get(survey, i)->pid);

		runs = ejg_listener_get(survey, i)->port == node->facts->epmd_port && process &&
		       process->role == EJG_PROCESS_EPMD;
	}
	return runs ? ask_name(node->facts->epmd_port, node_own_head(node)) : NODE_EPMD_UNKNOWN;
}

struct reading {
	const struct node *node;
	struct node_world *world;
};

/* Reads data that each network namespace has separately. */
static int read_network(void *data)
{
	const struct reading *reading = data;
	const struct node *node = reading->node;
	struct node_world *world = reading->world;
	int r = read_own(world);

	if (r < 0)
		return r;
	read_kernel(world);
	world->own_port = ask_epmd(node);
	world->interface_bindable = node->has_interface && can_bind(&node->interface);
	return 0;
}

/* Reads the service's network namespace; if there are several, the first. */
static int read_home(const struct node *node, struct node_world *world)
{
	struct reading reading = { node, world };
	struct netns_list homes = {};
	int r = netns_find_homes(node->facts, &homes);

	if (r == 0)
		r = netns_run(&homes.items[0], read_network, &reading);
	netns_free(&homes);
	return r;
}

/* The output of hostname(1) in the image: the first word of /etc/hostname, as systemd reads it. */
static void read_hostname(const char *root, char *text, size_t size)
{
	cleanup_fd int fd = root_open_regular(root, "/etc/hostname");
	const ssize_t n = fd < 0 ? -1 : file_read_some(fd, text, size - 1);

	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, " \t\n")] = '\0';
}

/* Addresses, the kernel's ports and the resolver belong to the host on which the image will run: unknown here. */
static void read_image(const struct node *node, struct node_world *world)
{
	world->image = true;
	world->unprivileged_start = 1024;
	world->own_port = NODE_EPMD_UNKNOWN;
	world->interface_bindable = true;
	read_hostname(node->facts->root, world->hostname, sizeof(world->hostname));
}

static int read_system(const struct node *node, struct node_world *world)
{
	if (gethostname(world->hostname, sizeof(world->hostname) - 1) < 0)
		world->hostname[0] = '\0';
	return read_home(node, world);
}

int node_world_read(const struct node *node, struct node_world *ret)
{
	int r = 0;

	*ret = (struct node_world){ .program_is_safe = program_is_safe };
	if (*node->facts->root)
		read_image(node, ret);
	else
		r = read_system(node, ret);
	if (r < 0)
		return r;
	ret->hostname[strcspn(ret->hostname, ".")] = '\0';
	read_trusted(node, ret);
	ret->epmd_socket = epmd_socket_enabled(node->facts->root);
	return resolve(node, ret);
}
