// wsfan: a load generator for WebSocket fan-out.
//
//   cc -O2 -DWITH_TLS -o wsfan wsfan/*.c -lz -lssl -lcrypto    (TLS may be left out)
//
// Opens connections, subscribes, publishes over WebSocket or HTTP, checks order and loss for every subscriber, and
// prints one JSON report with the server's CPU time per delivery. Loopback and Linux only.
#include "wsfan.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static const uint64_t MILLISECOND = 1000000, SECOND = 1000000000;

// Connecting is given up when no connection has come up for so long.
static const uint64_t CONNECTING_STUCK = 20 * SECOND;

Shared *shared;

static pid_t *workers;

static void *share(size_t size) {
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        die("no shared memory of %zu bytes", size);
    return memory;
}

static void make_shared_memory(void) {
    shared = share(sizeof(Shared) + sizeof(WorkerCounts) * (size_t)options.processes);
    size_t topics = sizeof(uint32_t) * ((size_t)options.topics + 1); // with that of the joiners
    shared->topic_published = share(topics);
    shared->topic_subscribers = share(topics);
    for (int i = 0; i < options.connections; i++)
        for (int topic = 0; topic < options.follows; topic++)
            shared->topic_subscribers[(i + topic) % options.topics]++;
    shared->subscriptions = (uint64_t)options.connections * (uint64_t)options.follows;
}

static void start_workers(void) {
    workers = calloc((size_t)options.processes, sizeof *workers);
    for (int i = 0; i < options.processes; i++) {
        workers[i] = fork();
        if (workers[i] < 0)
            die("cannot start process %d", i);
        if (!workers[i])
            run_worker(i);
    }
}

static void pause_for(double seconds) {
    struct timespec time = {.tv_sec = (time_t)seconds};
    time.tv_nsec = (long)((seconds - (double)time.tv_sec) * 1e9);
    nanosleep(&time, NULL);
}

double generator_cpu_seconds(void) {
    double seconds = 0;
    for (int i = 0; i < options.processes; i++) {
        char path[64];
        unsigned long long value;
        snprintf(path, sizeof path, "/proc/%d/schedstat", workers[i]);
        FILE *file = fopen(path, "r");
        if (!file)
            continue;
        if (fscanf(file, "%llu", &value) == 1)
            seconds += (double)value / 1e9;
        fclose(file);
    }
    return seconds;
}

// --- Connecting ------------------------------------------------------------------------------------------------------

// Waits until so many subscribers and publishers are up; false when connecting is stuck.
static bool wait_until_connected(int subscribers, int publishers) {
    uint64_t before = 0, last_change = nanoseconds();
    for (;;) {
        pause_for(0.001);
        uint64_t ready = SUM_OVER_WORKERS(ready), now = nanoseconds();
        if (ready != before) {
            before = ready;
            last_change = now;
        }
        if (ready >= (uint64_t)subscribers && shared->publishers_ready >= publishers)
            return true;
        if (now - last_change > CONNECTING_STUCK)
            return false;
    }
}

static uint64_t last_ready(void) {
    uint64_t last = 0;
    for (int i = 0; i < options.processes; i++)
        if (shared->workers[i].last_ready > last)
            last = shared->workers[i].last_ready;
    return last;
}

static void note_rss(Result *result, const Sample *sample) {
    if (sample->rss > result->rss_peak)
        result->rss_peak = sample->rss;
    if (!result->slow_closed)
        result->rss_stalled = sample->rss;
}

// Looks once a second. A connection that does not read may not hear that it was closed: what it has not read stands
// before that. So the server's open files tell.
static void note_closed(Result *result) {
    static uint64_t last;
    uint64_t now = nanoseconds();
    if (options.mode != MODE_SLOW || now - last < SECOND)
        return;
    last = now;
    int closed = result->descriptors - count_descriptors();
    if (closed <= result->slow_closed)
        return;
    result->slow_closed = closed;
    result->last_slow_closed = now;
    if (!result->first_slow_closed)
        result->first_slow_closed = now;
}

static int expected_publishers(void) {
    return options.mode == MODE_FANOUT || options.mode == MODE_SLOW ? options.publishers : 0;
}

static void connect_all(Result *result) {
    take_sample(&result->connecting, SAMPLE_CPU);
    uint64_t start = nanoseconds();
    shared->phase = PHASE_CONNECT;
    int publishers = expected_publishers();
    result->failed = !wait_until_connected(options.connections, publishers);
    uint64_t end = last_ready();
    result->connect_seconds = (double)(end > start ? end - start : 1) / 1e9;
    take_sample(&result->connected_all, SAMPLE_CPU);
    result->connected = SUM_OVER_WORKERS(ready);
    shared->phase = PHASE_WAIT;
    if (result->failed)
        fprintf(stderr, "wsfan: only %llu of %d connections came up (publishers: %d of %d)\n",
                (unsigned long long)result->connected, options.connections, (int)shared->publishers_ready, publishers);
    for (int i = 0; i < options.processes; i++)
        histogram_merge(&result->connect_time, &shared->workers[i].connect_time);
    pause_for(options.settle);
    take_sample(&result->settled, SAMPLE_MEMORY);
    result->descriptors = count_descriptors();
    result->rss_peak = result->settled.rss;
    if (options.ready_file) {
        FILE *file = fopen(options.ready_file, "w");
        if (file)
            fclose(file);
    }
}

// --- What is measured ------------------------------------------------------------------------------------------------

static void run_idle(Result *result) {
    pause_for(options.hold);
    take_sample(&result->end, SAMPLE_MEMORY);
}

static void wait_until_all_hung_up(int round) {
    for (int i = 0; i < options.processes; i++)
        while (shared->workers[i].round != round)
            pause_for(0.0005);
}

static void run_storm(Result *result) {
    for (int round = 1; round <= options.rounds && !result->failed; round++) {
        shared->round = round;
        wait_until_all_hung_up(round);
        pause_for(options.gap_ms < 1000 ? 1 : options.gap_ms / 1e3); // for the server to notice
        for (int i = 0; i < options.processes; i++)
            shared->workers[i].last_ready = 0;

        Sample before, after;
        take_sample(&before, SAMPLE_CPU);
        uint64_t start = nanoseconds();
        shared->phase = PHASE_CONNECT;
        result->failed = !wait_until_connected(options.connections, 0);
        uint64_t end = last_ready();
        take_sample(&after, SAMPLE_RSS);
        shared->phase = PHASE_WAIT;

        note_rss(result, &after);
        result->storm_cpu += after.run - before.run;
        result->round_seconds[result->rounds++] = end > start ? (double)(end - start) / 1e9 : -1;
        for (int i = 0; i < options.processes; i++)
            histogram_merge(&result->latency, &shared->workers[i].connect_time);
        pause_for(0.2);
    }
    take_sample(&result->end, SAMPLE_MEMORY);
}

static void mark(Result *result, int end) {
    result->delivered[end] = SUM_OVER_WORKERS(delivered);
    result->frames[end] = SUM_OVER_WORKERS(frames);
    result->generator_cpu[end] = generator_cpu_seconds();
}

static bool publishing_fails(void) {
    return shared->publish_errors > 1000 || (shared->publish_errors && !options.publish_over_http);
}

// Until all joiners are up.
static void measure_joining(Result *result) {
    uint64_t start = nanoseconds();
    result->failed = !wait_until_connected(options.connections + options.joiners, options.publishers);
    result->join_seconds = (double)(last_ready() - start) / 1e9;
    histogram_merge(&result->join_time, &shared->workers[options.processes - 1].connect_time);
}

static void measure(Result *result) {
    uint64_t end = nanoseconds() + (uint64_t)(options.seconds * 1e9);
    if (options.joiners) {
        measure_joining(result);
        return;
    }
    for (uint64_t now; (now = nanoseconds()) < end && !publishing_fails();) {
        uint64_t left = end - now;
        pause_for((double)(left < 100 * MILLISECOND ? left : 100 * MILLISECOND) / 1e9);
        if (options.pids) {
            Sample sample;
            take_sample(&sample, SAMPLE_RSS);
            note_closed(result);
            note_rss(result, &sample);
        }
    }
}

// Waits for what is on its way; returns when the last delivery was seen.
static uint64_t drain(void) {
    uint64_t start = nanoseconds(), end = start + (uint64_t)(options.drain * 1e9);
    uint64_t delivered = SUM_OVER_WORKERS(delivered), last = start;
    for (;;) {
        pause_for(0.002);
        uint64_t before = delivered, now = nanoseconds();
        delivered = SUM_OVER_WORKERS(delivered);
        if (delivered != before)
            last = now;
        bool all = delivered + SUM_OVER_WORKERS(written_off) >= shared->expected;
        bool nothing_comes = now > end && now - last > SECOND / 2;
        if (all || nothing_comes || now > end + 15 * SECOND)
            return last;
    }
}

static void run_publishing(Result *result) {
    shared->phase = PHASE_PUBLISH;
    pause_for(options.warmup + (options.mode == MODE_SLOW ? 0.2 : 0));

    take_sample(&result->measure_start, SAMPLE_RSS);
    mark(result, 0);
    result->published[0] = shared->published;
    uint64_t start = nanoseconds();
    shared->measure_start = start;
    shared->phase = PHASE_MEASURE;
    measure(result);
    result->published[1] = shared->published;

    shared->phase = PHASE_DRAIN;
    result->measured_ns = drain() - start;
    mark(result, 1);
    take_sample(&result->end, SAMPLE_MEMORY);
    if (result->end.rss > result->rss_peak)
        result->rss_peak = result->end.rss;
}

int main(int count, char **arguments) {
    parse_options(count, arguments);
    make_shared_memory();
    signal(SIGPIPE, SIG_IGN);

    static Result result;
    take_sample(&result.start, SAMPLE_MEMORY);
    start_workers();
    connect_all(&result);
    result.measure_start = result.end = result.settled;
    if (options.mode == MODE_IDLE)
        run_idle(&result);
    else if (options.mode == MODE_STORM)
        run_storm(&result);
    else if (!result.failed)
        run_publishing(&result);

    shared->phase = PHASE_DONE;
    for (int i = 0; i < options.processes; i++)
        waitpid(workers[i], NULL, 0);
    if (options.mode != MODE_STORM)
        for (int i = 0; i < options.processes; i++)
            histogram_merge(&result.latency, &shared->workers[i].latency);
    print_report(&result);
    return result.failed || shared->publish_errors ? 1 : 0;
}
