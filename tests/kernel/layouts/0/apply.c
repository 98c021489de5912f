/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * apply-layout-0 OBJECT SET CGROUP FIRST-PORT LAST-PORT [listen|peer ADDRESS]...: guards a cgroup and pins the guard at
 * SET as a library of layout 0 would have done.
 */
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "libejguard/util/cleanup.h"
#include "tests/kernel/layouts/0/policy.h"

static const char *const hooks[] = { "bind4", "bind6", "connect4", "connect6", "ingress" };

static void check(int r, const char *what)
{
	if (r >= 0)
		return;
	fprintf(stderr, "apply-layout-0: %s: %s\n", what, strerror(-r));
	exit(1);
}

static void add_address(__u32 list[LAYOUT_0_ADDRESSES][4], const char *text)
{
	const __u32 none[4] = {};
	__u32 address[4] = { 0, 0, htonl(0xffff), 0 };

	if (inet_pton(AF_INET, text, &address[3]) != 1 && inet_pton(AF_INET6, text, address) != 1)
		check(-EINVAL, text);
	for (int i = 0; i < LAYOUT_0_ADDRESSES; i++)
		if (!memcmp(list[i], none, sizeof(none))) {
			memcpy(list[i], address, sizeof(address));
			return;
		}
	check(-ENOSPC, text);
}

static struct layout_0_policy read_policy(char **words)
{
	struct layout_0_policy policy = { .first_port = atoi(words[0]), .last_port = atoi(words[1]) };

	for (words += 2; words[0] && words[1]; words += 2)
		add_address(!strcmp(words[0], "listen") ? policy.listen : policy.peers, words[1]);
	return policy;
}

static int map_of(struct bpf_object *object, const char *name)
{
	int fd = bpf_object__find_map_fd_by_name(object, name);

	check(fd, name);
	return fd;
}

static void fill(struct bpf_object *object, const struct layout_0_policy *policy)
{
	const struct layout_0_meta meta = { .layout = 0, .version = "0.0.1" };
	__u32 zero = 0;
	int inner = bpf_map_create(BPF_MAP_TYPE_ARRAY, "policy", sizeof(zero), sizeof(*policy), 1, NULL);

	check(inner, "policy");
	check(bpf_map_update_elem(inner, &zero, policy, BPF_ANY), "policy");
	check(bpf_map_update_elem(map_of(object, "policy"), &zero, &inner, BPF_ANY), "policy");
	check(bpf_map_update_elem(map_of(object, "meta"), &zero, &meta, BPF_ANY), "meta");
	close(inner);
}

static const char *in_set(const char *set, const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", set, name);
	return path;
}

static void make_folder(const char *path)
{
	check(mkdir(path, 0700) < 0 && errno != EEXIST ? -errno : 0, path);
}

static void attach(struct bpf_object *object, const char *set, int cgroup, unsigned long long id)
{
	char name[128];

	make_folder(set);
	for (size_t i = 0; i < ARRAY_SIZE(hooks); i++)
		check(bpf_program__pin(bpf_object__find_program_by_name(object, hooks[i]), in_set(set, hooks[i])),
		      hooks[i]);
	check(bpf_obj_pin(map_of(object, "policy"), in_set(set, "policy")), "policy");
	check(bpf_obj_pin(map_of(object, "counters"), in_set(set, "counters")), "counters");
	check(bpf_obj_pin(map_of(object, "meta"), in_set(set, "meta")), "meta");
	make_folder(in_set(set, "links"));
	snprintf(name, sizeof(name), "links/%llu", id);
	make_folder(in_set(set, name));
	for (size_t i = 0; i < ARRAY_SIZE(hooks); i++) {
		struct bpf_link *link =
			bpf_program__attach_cgroup(bpf_object__find_program_by_name(object, hooks[i]), cgroup);

		check(link ? 0 : -errno, hooks[i]);
		snprintf(name, sizeof(name), "links/%llu/%s", id, hooks[i]);
		check(bpf_link__pin(link, in_set(set, name)), name);
		bpf_link__destroy(link);
	}
}

int main(int argc, char **argv)
{
	struct layout_0_policy policy;
	struct bpf_object *object;
	struct stat st;
	int cgroup;

	if (argc < 6)
		check(-EINVAL, "OBJECT SET CGROUP FIRST-PORT LAST-PORT [listen|peer ADDRESS]...");
	policy = read_policy(argv + 4);
	cgroup = open(argv[3], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	check(cgroup < 0 || fstat(cgroup, &st) < 0 ? -errno : 0, argv[3]);
	object = bpf_object__open_file(argv[1], NULL);
	check(object ? bpf_object__load(object) : -errno, argv[1]);
	fill(object, &policy);
	attach(object, argv[2], cgroup, st.st_ino);
	bpf_object__close(object);
	close(cgroup);
	return 0;
}
