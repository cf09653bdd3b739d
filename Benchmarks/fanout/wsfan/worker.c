// A worker process: connections and their epoll loop.
#include "wsfan.h"

#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

static const uint64_t MILLISECOND = 1000000;

enum { EVENTS = 256, STARTS_PER_TURN = 512 };

Worker worker;

static bool publishes(void) {
    return worker.publisher_count > 0;
}

static void set_up(int number) {
    worker.counts = &shared->workers[number];
    if (options.cpu >= 0) {
        cpu_set_t set;
        CPU_ZERO(&set);
        CPU_SET(options.cpu, &set);
        sched_setaffinity(0, sizeof set, &set);
    }
    int first = (int)((int64_t)options.connections * number / options.processes);
    int end = (int)((int64_t)options.connections * (number + 1) / options.processes);
    bool echo = options.mode == MODE_ECHO_BROADCAST;
    worker.subscriber_count = end - first;
    if (number == 0 && options.mode != MODE_STORM && options.mode != MODE_IDLE)
        worker.publisher_count = echo ? 1 : options.publishers;
    worker.connection_count = worker.subscriber_count + (echo ? 0 : worker.publisher_count);

    size_t count = (size_t)worker.connection_count;
    worker.connections = calloc(count + 1, sizeof *worker.connections);
    worker.retry = calloc(2 * (count + 1), sizeof *worker.retry);
    for (int i = 0; i < worker.connection_count; i++) {
        Connection *connection = &worker.connections[i];
        connection->fd = -1;
        connection->index = (uint32_t)(first + i);
        connection->publisher = i >= worker.subscriber_count;
        connection->topic =
            (uint32_t)(connection->publisher ? i - worker.subscriber_count : (first + i) % options.topics);
    }
    worker.epoll = epoll_create1(EPOLL_CLOEXEC);
    worker.receive_capacity = 1u << 19;
    worker.receive_buffer = malloc(worker.receive_capacity);
}

// --- Connecting ------------------------------------------------------------------------------------------------------

static int connecting_at_once(void) {
    int share = options.connecting_at_once / options.processes;
    return share < 1 ? 1 : share;
}

static void start_connections(void) {
    for (int i = 0; i < STARTS_PER_TURN; i++) {
        if (worker.next_to_start == worker.connection_count || worker.in_progress >= connecting_at_once())
            return;
        start_connection(&worker.connections[worker.next_to_start++]);
    }
}

// What failed is tried again when all have been tried once, every 20 ms.
static void retry_connections(void) {
    static uint64_t last;
    uint64_t now = nanoseconds();
    if (!worker.retry_count || worker.next_to_start < worker.connection_count || now - last <= 20 * MILLISECOND)
        return;
    last = now;
    int count = worker.retry_count;
    int *again = malloc((size_t)count * sizeof *again);
    memcpy(again, worker.retry, (size_t)count * sizeof *again);
    worker.retry_count = 0;
    for (int i = 0; i < count; i++) {
        if (worker.in_progress < connecting_at_once())
            start_connection(&worker.connections[again[i]]);
        else
            worker.retry[worker.retry_count++] = again[i];
    }
    free(again);
}

// Storm: hangs up everything, says so, and waits for the start of the round.
static void hang_up_for(int round) {
    for (int i = 0; i < worker.subscriber_count; i++) {
        Connection *connection = &worker.connections[i];
        if (connection->fd >= 0)
            close(connection->fd);
        free(connection->carry);
        *connection = (Connection){.fd = -1, .index = connection->index, .topic = connection->topic};
    }
    worker.next_to_start = worker.in_progress = worker.retry_count = 0;
    worker.counts->ready = 0;
    memset(&worker.counts->connect_time, 0, sizeof worker.counts->connect_time);
    worker.counts->round = round;
    while (shared->phase != PHASE_CONNECT && shared->phase != PHASE_DONE)
        usleep(200);
}

// Slow: so many percent of the subscribers, evenly spread, stop reading; nothing is expected of them any more.
static void stall_some(void) {
    double share = options.slow_percent / 100;
    for (int i = 0; i < worker.subscriber_count; i++) {
        Connection *connection = &worker.connections[i];
        double position = connection->index * share;
        bool chosen = position - (int)position + share >= 1;
        if (connection->state != READY || !chosen)
            continue;
        connection->state = STALLED;
        watch(EPOLL_CTL_MOD, connection, EPOLLRDHUP);
        atomic_fetch_sub(&shared->topic_subscribers[connection->topic], 1);
    }
}

// --- The loop --------------------------------------------------------------------------------------------------------

static void handle(Connection *connection, uint32_t events) {
    if (connection->fd < 0)
        return;
    if (connection->state == CONNECTING) {
        send_handshake(connection);
        return;
    }
    if (connection->state == STALLED) {
        if (events & (EPOLLHUP | EPOLLERR | EPOLLRDHUP))
            close_connection(connection);
        return;
    }
    if (events & EPOLLOUT) {
        flush_publisher(connection->publisher ? (int)connection->topic : 0);
        if (connection->fd < 0)
            return;
    }
    if (events & (EPOLLIN | EPOLLHUP | EPOLLERR | EPOLLRDHUP))
        receive(connection);
}

// A paced publisher keeps its time even where a turn is long.
static void publish_between(uint64_t *last) {
    worker.now = nanoseconds();
    bool paced = publishes() && options.rate > 0 && shared->phase >= PHASE_PUBLISH;
    if (!paced || worker.now - *last <= MILLISECOND / 5)
        return;
    worker.counts->delivered = worker.delivered;
    publish_what_is_due();
    *last = worker.now;
}

static void turn(Phase phase) {
    uint64_t wait = 10 * MILLISECOND;
    if (publishes())
        wait = publish_what_is_due();
    else if (phase == PHASE_CONNECT)
        wait = 2 * MILLISECOND;
    if (options.spin && phase >= PHASE_PUBLISH && phase <= PHASE_DRAIN)
        wait = 0;
    struct timespec timeout = {.tv_sec = (time_t)(wait / 1000000000), .tv_nsec = (long)(wait % 1000000000)};
    struct epoll_event events[EVENTS];
    int count = epoll_pwait2(worker.epoll, events, EVENTS, &timeout, NULL);
    worker.now = nanoseconds();
    uint64_t last = worker.now;
    for (int i = 0; i < count; i++) {
        handle(&worker.connections[events[i].data.u32], events[i].events);
        if ((i & 15) == 15)
            publish_between(&last);
    }
    worker.counts->delivered = worker.delivered;
}

// What was published and did not come, for those that were to get it.
static void count_lost(void) {
    uint64_t lost = 0;
    for (int i = 0; i < worker.subscriber_count; i++) {
        Connection *connection = &worker.connections[i];
        if (connection->state != READY && (connection->state != CLOSED || options.mode == MODE_STORM))
            continue;
        uint32_t published = shared->topic_published[connection->topic];
        if (published > connection->received)
            lost += published - connection->received;
    }
    worker.counts->lost = lost;
}

_Noreturn void run_worker(int number) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    set_up(number);
    while (shared->phase < PHASE_CONNECT)
        usleep(200);
    int round = 0;
    bool stalled = false;
    for (Phase phase; (phase = shared->phase) != PHASE_DONE;) {
        if (shared->round != round) {
            round = shared->round;
            hang_up_for(round);
            continue;
        }
        if (phase == PHASE_CONNECT) {
            start_connections();
            retry_connections();
        }
        if (phase >= PHASE_PUBLISH && options.mode == MODE_SLOW && !stalled) {
            stalled = true;
            stall_some();
        }
        turn(phase);
    }
    count_lost();
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    worker.counts->cpu_seconds = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                                 (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    _exit(0);
}
