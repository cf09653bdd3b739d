// Counts the system calls of a process that write, from the outside, for `perf.py`. glibc only.
//
//   cc -O2 -shared -fPIC -o send_count.so send_count.c
//   CHORUS_SEND_COUNT_FILE=/tmp/count LD_PRELOAD=./send_count.so program
//
// The file is made at the start and mapped shared: its first 8 bytes are the running number of calls, and whoever maps
// it, too, reads them without disturbing the process.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static _Atomic uint64_t before_the_file;
static _Atomic uint64_t *calls = &before_the_file;

__attribute__((constructor)) static void map_file(void) {
    const char *path = getenv("CHORUS_SEND_COUNT_FILE");
    if (!path)
        return;
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || ftruncate(fd, sizeof *calls))
        abort();
    void *mapped = mmap(NULL, sizeof *calls, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (mapped == MAP_FAILED)
        abort();
    close(fd);
    calls = mapped;
}

// Counts a call and makes it with glibc's own function of the same name.
#define COUNTED(name, ...)                                                                                             \
    ({                                                                                                                 \
        static __typeof__(&name) original;                                                                             \
        if (!original)                                                                                                 \
            original = (__typeof__(&name))dlsym(RTLD_NEXT, #name);                                                     \
        atomic_fetch_add_explicit(calls, 1, memory_order_relaxed);                                                     \
        original(__VA_ARGS__);                                                                                         \
    })

ssize_t send(int fd, const void *bytes, size_t count, int flags) {
    return COUNTED(send, fd, bytes, count, flags);
}

ssize_t sendto(int fd, const void *bytes, size_t count, int flags, const struct sockaddr *to, socklen_t length) {
    return COUNTED(sendto, fd, bytes, count, flags, to, length);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
    return COUNTED(sendmsg, fd, message, flags);
}

ssize_t write(int fd, const void *bytes, size_t count) {
    return COUNTED(write, fd, bytes, count);
}

ssize_t writev(int fd, const struct iovec *pieces, int count) {
    return COUNTED(writev, fd, pieces, count);
}
