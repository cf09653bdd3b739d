// Counts the system calls of a process that write, from the outside, for `perf.py`. glibc only.
//
//   cc -O2 -shared -fPIC -o send_count.so send_count.c
//   COUNT_FILE=/tmp/count LD_PRELOAD=./send_count.so program
#include "count_file.h"

#include <dlfcn.h>
#include <sys/socket.h>
#include <sys/uio.h>

// Counts a call and makes it with glibc's own function of the same name.
#define COUNTED(name, ...)                                                                                             \
    ({                                                                                                                 \
        static __typeof__(&name) original;                                                                             \
        if (!original)                                                                                                 \
            original = (__typeof__(&name))dlsym(RTLD_NEXT, #name);                                                     \
        count_one();                                                                                                   \
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
