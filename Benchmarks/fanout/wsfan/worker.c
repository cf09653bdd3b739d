// A worker process: connections and their epoll loop.
#include "wsfan.h"

#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
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
    int processes = options.processes - (options.joiners ? 1 : 0);
    bool joins = number == processes;
    int first = (int)((int64_t)options.connections * number / processes);
    int end = joins ? first + options.joiners : (int)((int64_t)options.connections * (number + 1) / processes);
    bool echo = options.mode == MODE_ECHO_BROADCAST;
    worker.connects_in = joins ? PHASE_MEASURE : PHASE_CONNECT;
    worker.follows = joins ? 1 : options.follows;
    if (joins) // those who receive go first: their latencies are measured, and there may be one CPU for all
        setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + 10);
    worker.subscriber_count = end - first;
    if (number == 0 && options.mode != MODE_STORM && options.mode != MODE_IDLE)
        worker.publisher_count = echo ? 1 : options.publishers;
    worker.connection_count = worker.subscriber_count + (echo ? 0 : worker.publisher_count);

    size_t count = (size_t)worker.connection_count;
    worker.connections = calloc(count + 1, sizeof *worker.connections);
    worker.subscriptions = calloc(count * (size_t)worker.follows + 1, sizeof *worker.subscriptions);
    worker.retry = calloc(2 * (count + 1), sizeof *worker.retry);
    for (int i = 0; i < worker.connection_count; i++) {
        Connection *connection = &worker.connections[i];
        connection->fd = -1;
        connection->index = (uint32_t)(first + i);
        connection->publisher = i >= worker.subscriber_count;
        if (joins)
            connection->topic = (uint32_t)options.topics;
        else if (connection->publisher)
            connection->topic = (uint32_t)(i - worker.subscriber_count);
        else
            connection->topic = (uint32_t)((first + i) % options.topics);
    }
    worker.epoll = epoll_create1(EPOLL_CLOEXEC);
    worker.receive_capacity = 1u << 19;
    worker.receive_buffer = malloc(worker.receive_capacity);
}

// --- Connecting ------------------------------------------------------------------------------------------------------

static int connecting_at_once(void) {
    if (worker.connects_in == PHASE_MEASURE)
        return options.joiners;
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
        if (connection->tls)
            tls_end(connection);
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

// --- Slow ------------------------------------------------------------------------------------------------------------

// So many percent of the subscribers, evenly spread.
bool will_stall(const Connection *connection) {
    uint64_t share = (uint64_t)(options.slow_percent * 1000 + .5), all = 100000, index = connection->index;
    bool is_chosen = (index + 1) * share / all > index * share / all;
    return options.mode == MODE_SLOW && !connection->publisher && is_chosen;
}

// Some stop reading; nothing is expected of them any more.
static void stall_some(void) {
    for (int i = 0; i < worker.subscriber_count; i++) {
        Connection *connection = &worker.connections[i];
        if (connection->state != READY || !will_stall(connection))
            continue;
        connection->state = STALLED;
        watch(EPOLL_CTL_MOD, connection, EPOLLRDHUP);
        expect_nothing_more(connection);
        shared->stalled++;
    }
    shared->stalled_at = nanoseconds();
}

// Looks five times a second how much waits in their sockets, so that it can be told when these were full.
static void look_at_stalled(void) {
    static uint64_t last;
    if (worker.now - last < 200 * MILLISECOND)
        return;
    last = worker.now;
    uint64_t unread = 0;
    for (int i = 0; i < worker.subscriber_count; i++) {
        int count = 0;
        if (worker.connections[i].state == STALLED && !ioctl(worker.connections[i].fd, FIONREAD, &count))
            unread += (uint64_t)count;
    }
    if (unread > worker.counts->unread) {
        worker.counts->unread = unread;
        worker.counts->unread_since = worker.now;
    }
}

// --- The loop --------------------------------------------------------------------------------------------------------

static void handle(Connection *connection, uint32_t events) {
    if (connection->fd < 0)
        return;
    if (connection->state == CONNECTING) {
        connected(connection);
        return;
    }
    if (connection->state == TLS_HANDSHAKE) {
        tls_continue(connection);
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
    else if (phase == worker.connects_in)
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
        for (int topic = 0; topic < worker.follows; topic++) {
            uint32_t published = shared->topic_published[topic_of(connection, topic)];
            uint32_t received = subscriptions_of(connection)[topic].received;
            if (published > received)
                lost += published - received;
        }
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
        if (phase == worker.connects_in) {
            start_connections();
            retry_connections();
        }
        if (phase >= PHASE_PUBLISH && options.mode == MODE_SLOW && !stalled) {
            stalled = true;
            stall_some();
        }
        turn(phase);
        if (stalled)
            look_at_stalled();
    }
    count_lost();
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    worker.counts->cpu_seconds = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                                 (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    _exit(0);
}
