/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/core/modules.h"

#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <link.h>
#include <string.h>

#include "libejguard/core/descriptor.h"
#include "libejguard/core/option.h"
#include "libejguard/core/trust.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/mapping.h"
#include "libejguard/util/suggest.h"

enum { MAX_NAME = 64 };

static const char suffix[] = ".so";
static const char symbol[] = "ejguard_module";

struct modules {
	struct arena *arena;
	const char *folder;
	struct loaded_module **loaded; /* in the order of loading */
	struct loaded_module **listed; /* in the order of loading, or sorted by name */
	size_t n;
};

/* The arguments of loading one module. */
struct loading {
	struct modules *modules;
	struct report *report;
	const char *name;
	const char *path;
	const struct position *position;
};

struct modules *modules_new(const char *moduledir)
{
	struct modules *modules = calloc(1, sizeof(*modules));

	if (!modules)
		return NULL;
	modules->arena = arena_new();
	if (!modules->arena)
		return modules_free(modules);
	modules->folder = arena_strdup(modules->arena, moduledir);
	return modules->folder ? modules : modules_free(modules);
}

struct modules *modules_free(struct modules *modules)
{
	if (!modules)
		return NULL;
	while (modules->n > 0)
		dlclose(modules->loaded[--modules->n]->library);
	arena_free(modules->arena);
	free(modules);
	return NULL;
}

size_t modules_count(const struct modules *modules)
{
	return modules->n;
}

const struct loaded_module *modules_at(const struct modules *modules, size_t index)
{
	return index < modules->n ? modules->listed[index] : NULL;
}

static int out_of_memory(const struct loading *loading)
{
	return report_error(loading->report, -ENOMEM, "out-of-memory", loading->position, NULL, "out of memory");
}

static int malformed(const struct loading *loading, const char *remedy, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static int malformed(const struct loading *loading, const char *remedy, const char *format, ...)
{
	cleanup_free char *problem = NULL;
	va_list ap;
	int r;

	va_start(ap, format);
	r = vasprintf(&problem, format, ap);
	va_end(ap);
	if (r < 0) {
		problem = NULL;
		return out_of_memory(loading);
	}
	return report_error(loading->report, -EBADMSG, "module-malformed", loading->position, remedy, "'%s' %s",
			    loading->path, problem);
}

static bool is_name(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");

	return n > 0 && n <= MAX_NAME && name[n] == '\0';
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names of the *.so files of the folder, sorted and ended by NULL. */
static int list_names(struct arena *arena, const char *folder, const char ***ret, const char **ret_problem)
{
	const char **names = NULL, **grown;
	cleanup_dir DIR *dir = NULL;
	cleanup_fd int fd = -1;
	struct dirent *entry;
	size_t n = 0, length;
	int r;

	r = trusted_open_folder(arena, folder, &fd, ret_problem);
	if (r < 0)
		return r;
	dir = fdopendir(fd);
	if (!dir)
		return -ENOMEM;
	take_fd(fd);
	while (errno = 0, (entry = readdir(dir))) {
		length = strlen(entry->d_name);
		if (length < strlen(suffix) || strcmp(entry->d_name + length - strlen(suffix), suffix) != 0)
			continue;
		grown = arena_grow(arena, names, n, sizeof(*names));
		if (!grown)
			return -ENOMEM;
		names = grown;
		names[n] = arena_strndup(arena, entry->d_name, length - strlen(suffix));
		if (!names[n++])
			return -ENOMEM;
	}
	if (errno != 0) {
		*ret_problem = arena_printf(arena, "cannot read '%s': %s", folder, strerror(errno));
		return *ret_problem ? -EIO : -ENOMEM;
	}
	names = arena_grow(arena, names, n, sizeof(*names));
	if (!names)
		return -ENOMEM;
	names[n] = NULL;
	qsort(names, n, sizeof(*names), by_name);
	*ret = names;
	return 0;
}

/* No such file: suggests a module with a similar name. */
static int missing(const struct loading *loading)
{
	const char **names, *problem, *near = NULL;
	cleanup_arena struct arena *arena = arena_new();

	if (!arena)
		return out_of_memory(loading);
	if (list_names(arena, loading->modules->folder, &names, &problem) == 0)
		near = suggest(loading->name, names);
	if (near)
		return report_error(loading->report, -EBADMSG, "module-missing", loading->position, NULL,
				    "there is no module '%s' ('%s' does not exist); did you mean '%s'?", loading->name,
				    loading->path, near);
	return report_error(loading->report, -EBADMSG, "module-missing", loading->position, NULL,
			    "there is no module '%s' ('%s' does not exist)", loading->name, loading->path);
}

static int open_module(const struct loading *loading, int *ret_fd)
{
	cleanup_arena struct arena *arena = arena_new();
	const char *problem;
	int r;

	r = arena ? trusted_open(arena, loading->path, ret_fd, &problem) : -ENOMEM;
	if (r == 0)
		return 0;
	if (r == -ENOMEM)
		return out_of_memory(loading);
	if (r == -ENOENT)
		return missing(loading);
	return report_error(loading->report, -EBADMSG, "module-untrusted", loading->position, NULL,
			    "cannot load the module '%s': %s", loading->name, problem);
}

/* Our own ELF header has the values to compare with. */
extern const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));

/* dlopen() would refuse most of these too, but its messages do not tell an administrator what to do. */
static int check_elf(const struct loading *loading, int fd)
{
	ElfW(Ehdr) header;
	ssize_t n = pread(fd, &header, sizeof(header), 0);

	if (n < 0)
		return malformed(loading, NULL, "cannot be read: %s", strerror(errno));
	if (n < (ssize_t)sizeof(header) || memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
		return malformed(loading, NULL, "is not an ELF file");
	if (header.e_ident[EI_CLASS] != __ehdr_start.e_ident[EI_CLASS] ||
	    header.e_ident[EI_DATA] != __ehdr_start.e_ident[EI_DATA] || header.e_machine != __ehdr_start.e_machine)
		return malformed(loading, "install the module for the architecture of this machine",
				 "is built for another machine");
	if (header.e_type != ET_DYN)
		return malformed(loading, NULL, "is not a shared object");
	return 0;
}

/* Finds the descriptor in the library itself: dlsym() would also find one in a library that it depends on. */
static int find_descriptor(const struct loading *loading, void *library, const struct ejg_module **ret)
{
	const struct ejg_module *descriptor = dlsym(library, symbol);
	struct link_map *map = NULL, *owner = NULL;
	const ElfW(Sym) *entry = NULL;
	Dl_info info;

	if (!descriptor || dlinfo(library, RTLD_DI_LINKMAP, &map) < 0 ||
	    !dladdr1(descriptor, &info, (void **)&owner, RTLD_DL_LINKMAP) || owner != map)
		return malformed(loading, NULL, "does not export the object %s", symbol);
	if (!dladdr1(descriptor, &info, (void **)&entry, RTLD_DL_SYMENT) || !entry ||
	    ELF64_ST_TYPE(entry->st_info) != STT_OBJECT || entry->st_size < offsetof(struct ejg_module, name) ||
	    (uintptr_t)descriptor % _Alignof(struct ejg_module) != 0)
		return malformed(loading, NULL, "exports something that is not a descriptor as %s", symbol);
	if (descriptor->size > entry->st_size)
		return malformed(loading, NULL, "has a descriptor that says it has %u bytes but has %llu",
				 descriptor->size, (unsigned long long)entry->st_size);
	*ret = descriptor;
	return 0;
}

/* The result of dlopen() may be another file: it returns whatever was loaded under that path before. */
static int check_mapped(const struct loading *loading, void *library, int fd)
{
	struct link_map *map = NULL;
	int r = -EIO;

	if (dlinfo(library, RTLD_DI_LINKMAP, &map) == 0)
		r = mapping_is_of(map->l_ld, fd);
	if (r > 0)
		return 0;
	if (r < 0)
		return malformed(loading, "mount /proc",
				 "was loaded, but /proc/self/maps does not show from which file: %s", strerror(-r));
	return malformed(loading, "start the program again",
			 "was replaced after this program had loaded the file of that name");
}

/* From here on the loader keeps the library open: the descriptor is inside of it. */
static int add(const struct loading *loading, void **library, const struct ejg_module *descriptor,
	       const struct loaded_module **ret)
{
	struct modules *modules = loading->modules;
	struct loaded_module *module = arena_alloc(modules->arena, sizeof(*module));
	struct loaded_module **loaded = arena_grow(modules->arena, modules->loaded, modules->n, sizeof(*loaded));
	struct loaded_module **listed = arena_grow(modules->arena, modules->listed, modules->n, sizeof(*listed));
	const char *problem;
	int r;

	if (!module || !loaded || !listed)
		return out_of_memory(loading);
	modules->loaded = loaded;
	modules->listed = listed;
	r = descriptor_read(modules->arena, descriptor, loading->name, &module->descriptor, &problem);
	if (r == -ENOMEM)
		return out_of_memory(loading);
	if (r < 0)
		return malformed(loading, NULL, "%s", problem);
	module->path = loading->path;
	module->library = take_ptr(*library);
	loaded[modules->n] = listed[modules->n] = module;
	modules->n++;
	*ret = module;
	return 0;
}

static void close_library(void **library)
{
	if (*library)
		dlclose(*library);
}

static int load_file(const struct loading *loading, const struct loaded_module **ret)
{
	__attribute__((cleanup(close_library))) void *library = NULL;
	const struct ejg_module *descriptor = NULL;
	cleanup_fd int fd = -1;
	int r;

	r = open_module(loading, &fd);
	if (r < 0)
		return r;
	r = check_elf(loading, fd);
	if (r < 0)
		return r;
	/* From here on code of the file runs (its constructors): only trusted files get here. */
	library = dlopen(loading->path, RTLD_NOW | RTLD_LOCAL);
	if (!library)
		return malformed(loading, "see what `ldd` says of that file, and install what is missing",
				 "cannot be loaded: %s", dlerror());
	r = check_mapped(loading, library, fd);
	if (r < 0)
		return r;
	r = find_descriptor(loading, library, &descriptor);
	if (r < 0)
		return r;
	return add(loading, &library, descriptor, ret);
}

int modules_get(struct modules *modules, struct report *report, const char *name, const struct position *position,
		const struct loaded_module **ret)
{
	struct loading loading = { .modules = modules, .report = report, .position = position };

	for (size_t i = 0; i < modules->n; i++) {
		if (strcmp(modules->loaded[i]->descriptor.name, name) == 0) {
			*ret = modules->loaded[i];
			return 0;
		}
	}
	if (!is_name(name))
		return report_error(report, -EBADMSG, "module-missing", position, NULL,
				    "'%s' cannot be the name of a module: at most %d of a-z, 0-9 and _", name,
				    MAX_NAME);
	loading.name = arena_strdup(modules->arena, name);
	loading.path = arena_printf(modules->arena, "%s/%s%s", modules->folder, name, suffix);
	if (!loading.name || !loading.path)
		return out_of_memory(&loading);
	return load_file(&loading, ret);
}

static int by_module_name(const void *a, const void *b)
{
	const struct loaded_module *const *left = a, *const *right = b;

	return strcmp((*left)->descriptor.name, (*right)->descriptor.name);
}

int modules_get_all(struct modules *modules, struct report *report)
{
	struct loading loading = { .modules = modules, .report = report };
	cleanup_arena struct arena *arena = arena_new();
	const struct loaded_module *module;
	const char **names, *problem;
	int r, result = 0;

	r = arena ? list_names(arena, modules->folder, &names, &problem) : -ENOMEM;
	if (r == -ENOMEM)
		return out_of_memory(&loading);
	if (r < 0)
		return report_error(report, r == -EIO ? r : -EBADMSG,
				    r == -ENOENT ? "module-missing" : "module-untrusted", NULL, NULL,
				    "cannot load modules from '%s': %s", modules->folder, problem);
	for (; *names; names++) {
		r = modules_get(modules, report, *names, NULL, &module);
		if (result == 0 || r == -ENOMEM)
			result = r;
	}
	if (modules->n > 0)
		qsort(modules->listed, modules->n, sizeof(struct loaded_module *), by_module_name);
	return result;
}
