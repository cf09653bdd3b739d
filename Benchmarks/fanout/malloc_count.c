// Counts the allocations of a process, for `allocations.py`. glibc only.
//
//   cc -O2 -shared -fPIC -o malloc_count.so malloc_count.c
//   CHORUS_MALLOC_COUNT_FILE=/tmp/count LD_PRELOAD=./malloc_count.so program
//
// From the outside: the file is made at the start and mapped shared. Its first 8 bytes are the running number of
// allocations, and whoever maps it, too, reads them without disturbing the process. From the inside: the program asks
// `chorus_malloc_count`, if it finds it.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

typedef struct {
    _Atomic uint64_t allocations;
    _Atomic uint64_t bytes; // asked for
} Counts;

static Counts before_the_file;
static Counts *counts = &before_the_file;

static inline void count(size_t size) {
    atomic_fetch_add_explicit(&counts->allocations, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&counts->bytes, size, memory_order_relaxed);
}

uint64_t chorus_malloc_count(void) {
    return atomic_load_explicit(&counts->allocations, memory_order_relaxed);
}

__attribute__((constructor)) static void map_file(void) {
    const char *path = getenv("CHORUS_MALLOC_COUNT_FILE");
    if (!path)
        return;
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || ftruncate(fd, sizeof(Counts)))
        abort();
    Counts *mapped = mmap(NULL, sizeof(Counts), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (mapped == MAP_FAILED)
        abort();
    close(fd);
    mapped->allocations = before_the_file.allocations;
    mapped->bytes = before_the_file.bytes;
    counts = mapped;
}

// glibc's allocator under the names that cannot be replaced.
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size) {
    count(size);
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    count(number * size);
    return __libc_calloc(number, size);
}

void *realloc(void *memory, size_t size) {
    count(size);
    return __libc_realloc(memory, size);
}

void *memalign(size_t alignment, size_t size) {
    count(size);
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    return memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
    if (alignment % sizeof(void *) || (alignment & (alignment - 1)) || !alignment)
        return EINVAL;
    void *allocated = memalign(alignment, size);
    if (!allocated)
        return ENOMEM;
    *memory = allocated;
    return 0;
}
