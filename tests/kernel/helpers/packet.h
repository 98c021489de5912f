/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Forged SYNs for a TUN device, from any source. */
#ifndef EJG_TESTS_PACKET_H
#define EJG_TESTS_PACKET_H

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct packet {
	union {
		struct {
			struct iphdr ip;
			struct tcphdr tcp;
		} v4;
		struct {
			struct ip6_hdr ip;
			struct tcphdr tcp;
		} v6;
	};
	size_t size;
};

/* The internet checksum (RFC 1071), not yet folded, of an even number of bytes. */
static inline uint32_t packet_sum(const void *data, size_t size)
{
	const uint8_t *bytes = data;
	uint32_t total = 0;

	for (size_t i = 0; i < size; i += 2)
		total += bytes[i] << 8 | bytes[i + 1];
	return total;
}

static inline uint16_t packet_fold(uint32_t total)
{
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	return htons(~total);
}

static inline struct tcphdr packet_tcp(uint16_t from, uint16_t to)
{
	return (struct tcphdr){ .source = htons(from), .dest = htons(to), .doff = 5, .syn = 1, .window = htons(1024) };
}

/* Addresses of both: 4 bytes, or 16 each. */
static inline struct packet packet_syn4(const void *source, const void *destination, uint16_t from, uint16_t to)
{
	struct packet p = { .size = sizeof(p.v4) };

	p.v4.ip = (struct iphdr){
		.version = 4, .ihl = 5, .tot_len = htons(sizeof(p.v4)), .ttl = 64, .protocol = IPPROTO_TCP
	};
	memcpy(&p.v4.ip.saddr, source, 4);
	memcpy(&p.v4.ip.daddr, destination, 4);
	p.v4.tcp = packet_tcp(from, to);
	p.v4.ip.check = packet_fold(packet_sum(&p.v4.ip, sizeof(p.v4.ip)));
	p.v4.tcp.check = packet_fold(packet_sum(&p.v4.ip.saddr, 8) + IPPROTO_TCP + sizeof(p.v4.tcp) +
				     packet_sum(&p.v4.tcp, sizeof(p.v4.tcp)));
	return p;
}

static inline struct packet packet_syn6(const void *source, const void *destination, uint16_t from, uint16_t to)
{
	struct packet p = { .size = sizeof(p.v6) };

	p.v6.ip.ip6_flow = htonl(6u << 28);
	p.v6.ip.ip6_plen = htons(sizeof(p.v6.tcp));
	p.v6.ip.ip6_nxt = IPPROTO_TCP;
	p.v6.ip.ip6_hlim = 64;
	memcpy(&p.v6.ip.ip6_src, source, 16);
	memcpy(&p.v6.ip.ip6_dst, destination, 16);
	p.v6.tcp = packet_tcp(from, to);
	p.v6.tcp.check = packet_fold(packet_sum(&p.v6.ip.ip6_src, 32) + IPPROTO_TCP + sizeof(p.v6.tcp) +
				     packet_sum(&p.v6.tcp, sizeof(p.v6.tcp)));
	return p;
}

/* True if a packet is the answer of a listener: SYN and ACK. */
static inline bool packet_is_syn_ack(const void *data, size_t size, uint16_t to)
{
	const struct packet *p = data;
	bool ipv6 = size && *(const uint8_t *)data >> 4 == 6;
	const struct tcphdr *tcp = ipv6 ? &p->v6.tcp : &p->v4.tcp;

	if (size < (ipv6 ? sizeof(p->v6) : sizeof(p->v4)) ||
	    (ipv6 ? p->v6.ip.ip6_nxt : p->v4.ip.protocol) != IPPROTO_TCP)
		return false;
	return tcp->syn && tcp->ack && tcp->source == htons(to);
}

/* Opens an existing TUN device. Return: a descriptor, or -1 with errno. */
static inline int packet_device(const char *name)
{
	struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);

	strncpy(request.ifr_name, name, IFNAMSIZ - 1);
	return fd < 0 || ioctl(fd, TUNSETIFF, &request) < 0 ? -1 : fd;
}

#endif
