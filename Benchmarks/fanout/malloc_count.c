// Counts the allocations of a process, for `allocations.py`. glibc only.
//
//   cc -O2 -shared -fPIC -o malloc_count.so malloc_count.c
//   COUNT_FILE=/tmp/count LD_PRELOAD=./malloc_count.so program
//
// From the outside in the file (count_file.h). From the inside: the program asks `chorus_malloc_count`, if it finds it.
#include "count_file.h"

#include <errno.h>

uint64_t chorus_malloc_count(void) {
    return atomic_load_explicit(counter, memory_order_relaxed);
}

// glibc's allocator under the names that cannot be replaced.
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size) {
    count_one();
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    count_one();
    return __libc_calloc(number, size);
}

void *realloc(void *memory, size_t size) {
    count_one();
    return __libc_realloc(memory, size);
}

void *memalign(size_t alignment, size_t size) {
    count_one();
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
