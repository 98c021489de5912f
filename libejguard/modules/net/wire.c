/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/net/wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "libejguard/util/cleanup.h"

#define WIRE_NAME "ejgproof"

static int set_up(int fd, const char *name)
{
	struct ifreq request = {};

	strcpy(request.ifr_name, name);
	if (ioctl(fd, SIOCGIFFLAGS, &request) < 0)
		return -errno;
	request.ifr_flags |= IFF_UP;
	return ioctl(fd, SIOCSIFFLAGS, &request) < 0 ? -errno : 0;
}

int wire_loopback_up(void)
{
	cleanup_fd int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	return fd < 0 ? -errno : set_up(fd, "lo");
}

static int set_address(int fd, unsigned long request_code, struct in_addr address)
{
	struct ifreq request = { .ifr_name = WIRE_NAME };
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr = address };

	memcpy(&request.ifr_addr, &in, sizeof(in));
	return ioctl(fd, request_code, &request) < 0 ? -errno : 0;
}

int wire_open(struct in_addr address)
{
	cleanup_fd int wire = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	cleanup_fd int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = { .ifr_name = WIRE_NAME, .ifr_flags = IFF_TUN | IFF_NO_PI };
	int r;

	if (wire < 0 || fd < 0)
		return -errno;
	/* Persistent, because closing it would wait for RCU. It ends with its namespace, which nobody waits for. */
	if (ioctl(wire, TUNSETIFF, &request) < 0 || ioctl(wire, TUNSETPERSIST, 1) < 0)
		return -errno;
	r = set_address(fd, SIOCSIFADDR, address);
	/* Half of all addresses: the kernel makes no route for length 0, and reverse path filters need one. */
	if (r == 0)
		r = set_address(fd, SIOCSIFNETMASK, (struct in_addr){ htonl(0x80000000) });
	if (r == 0)
		r = set_up(fd, WIRE_NAME);
	return r < 0 ? r : take_fd(wire);
}

/* The internet checksum (RFC 1071), not folded yet. */
static uint32_t sum(const void *data, size_t size)
{
	const uint8_t *bytes = data;
	uint32_t total = 0;

	for (size_t i = 0; i + 1 < size; i += 2)
		total += bytes[i] << 8 | bytes[i + 1];
	return total;
}

static uint16_t fold(uint32_t total)
{
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	return htons(~total);
}

#define SYN_PORT 40000 /* the source's port */

struct syn {
	struct iphdr ip;
	struct tcphdr tcp;
};

static struct syn make_syn(struct in_addr source, struct in_addr destination, uint16_t port)
{
	struct syn packet = {
		.ip = {
			.version = 4,
			.ihl = sizeof(struct iphdr) / 4,
			.tot_len = htons(sizeof(packet)),
			.ttl = 64,
			.protocol = IPPROTO_TCP,
			.saddr = source.s_addr,
			.daddr = destination.s_addr,
		},
		.tcp = {
			.source = htons(SYN_PORT),
			.dest = htons(port),
			.doff = sizeof(struct tcphdr) / 4,
			.syn = 1,
			.window = htons(1024),
		},
	};

	packet.ip.check = fold(sum(&packet.ip, sizeof(packet.ip)));
	/* TCP also sums a pseudo header: the addresses, the protocol and the length. */
	packet.tcp.check = fold(sum(&packet.ip.saddr, 8) + IPPROTO_TCP + sizeof(packet.tcp) +
				sum(&packet.tcp, sizeof(packet.tcp)));
	return packet;
}

int wire_send_syn(int wire, struct in_addr source, struct in_addr destination, uint16_t port)
{
	const struct syn packet = make_syn(source, destination, port);

	return write(wire, &packet, sizeof(packet)) == sizeof(packet) ? 0 : -errno;
}

int wire_send_raw_syn(struct in_addr source, struct in_addr destination, uint16_t port)
{
	cleanup_fd int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	const struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr = destination };
	const struct syn packet = make_syn(source, destination, port);

	if (fd < 0)
		return -errno;
	return sendto(fd, &packet, sizeof(packet), 0, (const struct sockaddr *)&to, sizeof(to)) == sizeof(packet)
		       ? 0
		       : -errno;
}

/* A raw socket for TCP also receives packets that arrived before it was bound. */
static bool is_answer(const struct syn *packet, struct in_addr from, uint16_t port)
{
	return packet->ip.ihl == sizeof(packet->ip) / 4 && packet->ip.saddr == from.s_addr &&
	       packet->tcp.source == htons(port) && packet->tcp.dest == htons(SYN_PORT);
}

enum wire_answer wire_answer(int fd, struct in_addr from, uint16_t port)
{
	union {
		struct syn answer;
		char bytes[2048];
	} packet;
	ssize_t n = read(fd, &packet, sizeof(packet));

	if (n < (ssize_t)sizeof(packet.answer) || !is_answer(&packet.answer, from, port))
		return WIRE_SILENCE;
	return packet.answer.tcp.rst ? WIRE_REFUSED : packet.answer.tcp.syn ? WIRE_ACCEPTED : WIRE_SILENCE;
}

bool wire_has_answer(int wire)
{
	union {
		struct iphdr ip;
		char bytes[2048];
	} packet;
	ssize_t n;

	/* The kernel also sends packets of its own over the device, such as IPv6 router solicitations. */
	while ((n = read(wire, &packet, sizeof(packet))) > 0)
		if (n >= (ssize_t)sizeof(packet.ip) && packet.ip.version == 4 && packet.ip.protocol == IPPROTO_TCP)
			return true;
	return false;
}
