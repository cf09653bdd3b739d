// What the files of wsfan share.
//
// A parent process keeps the timeline, samples /proc and prints the report (main.c, sample.c, report.c). Worker
// processes hold the connections, one epoll loop each (worker.c, connection.c); the first of them also publishes
// (publisher.c); with --joiners, the last of them connects those. They talk through one piece of shared memory.
#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <time.h>

#include "histogram.h"

// --- options.c -------------------------------------------------------------------------------------------------------

enum { MAX_TEMPLATES = 8, MAX_PUBLISHERS = 64 };

typedef enum { MODE_FANOUT, MODE_ECHO_BROADCAST, MODE_IDLE, MODE_STORM, MODE_SLOW } Mode;

typedef struct {
    const char *items[MAX_TEMPLATES];
    int count;
} Templates;

typedef struct {
    // The server
    const char *host, *path, *subprotocol;
    int port;
    bool tls, deflate;
    Templates headers;
    // Subscribers; subscriber i follows the topics i, i + 1, … of all topics
    int connections, topics, follows;
    int joiners; // connect while it is measured, to a topic on which nothing is published
    Templates first_messages;
    bool first_messages_are_binary;
    const char *acknowledgement;       // a message that contains this says that the subscription stands
    const char *reply_to, *reply_with; // --auto-reply
    // Publishers
    bool publish_over_http;
    const char *publish_path, *message;
    int publish_port, publishers, pipeline;
    Templates publisher_first_messages, publish_headers;
    bool message_is_binary, topics_in_turn;
    // Load: by rate, by bursts, or (when both are 0) closed loop with `window` messages in flight
    int size, window, burst, gap_ms;
    bool fill_is_hex; // of hexadecimal digits at random, which deflate makes half as long; otherwise of one character
    double rate;
    uint64_t max_outstanding;
    // What is measured, and when
    Mode mode;
    const char *mode_name;
    int rounds;
    double warmup, seconds, settle, drain, hold, slow_percent;
    // The machine
    const char *pids, *ready_file, *count_file, *label;
    int processes; // with that of the joiners
    int connecting_at_once, source_addresses, cpu, receive_buffer, stalled_receive_buffer;
    bool reset_on_close, spin;
} Options;

extern Options options;

void parse_options(int count, char **arguments);
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));

// --- Shared memory ---------------------------------------------------------------------------------------------------

typedef enum { PHASE_START, PHASE_CONNECT, PHASE_WAIT, PHASE_PUBLISH, PHASE_MEASURE, PHASE_DRAIN, PHASE_DONE } Phase;

// One worker's share of the counts; written by that worker only.
typedef struct {
    _Alignas(64) _Atomic uint64_t delivered;
    _Atomic uint64_t frames;       // WebSocket frames received, of all kinds
    _Atomic uint64_t compressed;   // of those
    _Atomic uint64_t inflated;     // of those, without the ones whose bytes another subscriber had received before
    _Atomic uint64_t ready;        // subscribers that are up
    _Atomic uint64_t failed_tries; // connections that ended before they were up; most are tried again
    _Atomic uint64_t refused;      // handshakes that were not answered with 101
    _Atomic uint64_t closed;       // subscribers that the server closed
    _Atomic uint64_t slow_closed;  // of those that had stopped reading
    _Atomic uint64_t written_off;  // deliveries that closed subscribers will never see
    _Atomic uint64_t out_of_order, gaps, lost;
    _Atomic int round;                     // storm: the round for which this worker has hung up
    uint64_t last_ready;                   // when the last subscriber came up
    _Atomic uint64_t unread, unread_since; // what waits in the sockets of these, and since when it has not grown
    double cpu_seconds;
    Histogram latency, connect_time;
} WorkerCounts;

typedef struct {
    _Atomic Phase phase;
    _Atomic int round; // storm
    _Atomic int publishers_ready;
    _Atomic uint64_t publish_errors;
    _Atomic uint64_t published, expected; // messages, and the deliveries that they should cause
    _Atomic uint64_t stalls;              // times that nothing was delivered for 3 s
    _Atomic uint64_t bursts;
    _Atomic uint64_t measure_start;       // latencies count for messages published from then on
    _Atomic uint64_t stalled, stalled_at; // how many have stopped reading, and when
    _Atomic uint64_t subscriptions;       // the sum of topic_subscribers
    Histogram late, burst_time;           // publishing behind schedule; a burst until all of it has arrived
    _Atomic uint32_t *topic_published, *topic_subscribers; // by topic
    WorkerCounts workers[];
} Shared;

extern Shared *shared;

// --- Payloads and frames (payload.c) ---------------------------------------------------------------------------------
// A payload is "~W1~", the topic (8 hex digits), its sequence in the topic (8), the time of publishing in ns (16), and
// filling up to the wanted size.

enum { PAYLOAD_HEAD = 36, MAX_CONTROL_FRAME = 125 + 14 };
enum { TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10 };

#define PAYLOAD_MARK "~W1~"
#define PAYLOAD_MARK_LENGTH 4

void write_payload_head(char *payload, uint32_t topic, uint32_t sequence, uint64_t time);
void read_payload_head(const uint8_t *payload, uint32_t *topic, uint32_t *sequence, uint64_t *time);

// Writes a template to `out`: %d topic, %i connection, %n payload length, %p payload, \xHH \r \n \0, %%. Returns the
// length.
size_t expand(char *out, size_t capacity, const char *template, int topic, int index, const char *payload, int length);

// Writes a masked frame to `out`, which has room for 14 bytes more than the payload. Returns the length.
size_t write_frame(uint8_t *out, int opcode, const void *payload, size_t length);

// --- A worker process ------------------------------------------------------------------------------------------------

typedef enum { OFF, CONNECTING, TLS_HANDSHAKE, HANDSHAKE, AWAITING_ACK, READY, STALLED, CLOSED } ConnectionState;

// What a subscriber has seen of one of its topics.
typedef struct {
    uint32_t next; // the sequence that it expects next
    uint32_t received;
} Subscription;

typedef struct {
    int fd;
    ConnectionState state;
    bool publisher;
    uint8_t retries;
    uint32_t index; // among all connections of all workers
    uint32_t topic; // the first that it follows; of a publisher: its number
    uint8_t *carry; // the start of a frame whose rest has not come yet
    uint32_t carry_length, carry_capacity;
    void *tls; // OpenSSL's
    uint64_t started;
} Connection;

// What waits to be sent on a publisher's connection.
typedef struct {
    uint8_t *bytes;
    size_t start, end, capacity;
    bool waits_for_socket;
    int in_flight;    // HTTP requests without an answer
    size_t body_left; // of an HTTP response that is being skipped
} Outgoing;

typedef struct {
    WorkerCounts *counts;
    int epoll;
    Phase connects_in;       // joiners: while it is measured
    Connection *connections; // subscribers, then publishers
    Subscription *subscriptions;
    int follows; // subscriptions of a connection
    int connection_count, subscriber_count, publisher_count;
    int next_to_start, in_progress;
    int *retry, retry_count; // connections to try again
    uint8_t *receive_buffer;
    size_t receive_capacity;
    Outgoing outgoing[MAX_PUBLISHERS];
    uint64_t delivered;
    uint64_t now; // of this turn of the loop
} Worker;

extern Worker worker;

_Noreturn void run_worker(int number);
bool will_stall(const Connection *connection);

static inline Subscription *subscriptions_of(const Connection *connection) {
    return &worker.subscriptions[(connection - worker.connections) * worker.follows];
}

static inline uint32_t topic_of(const Connection *connection, int subscription) {
    return subscription ? (connection->topic + (uint32_t)subscription) % (uint32_t)options.topics : connection->topic;
}

// connection.c
void expect_nothing_more(const Connection *connection);
void start_connection(Connection *connection);
void close_connection(Connection *connection);
void connected(Connection *connection); // or not
void send_handshake(Connection *connection);
// Returns the bytes of the response's head; 0 when it is not complete, and when it was refused (the state tells).
size_t read_handshake(Connection *connection, const uint8_t *bytes, size_t count);
void become_ready(Connection *connection);
void send_now(Connection *connection, const void *bytes, size_t count);
void drop_carry(Connection *connection);
void watch(int operation, Connection *connection, uint32_t events);

// receive.c
void receive(Connection *connection);

// inflate.c: NULL for what cannot be inflated; otherwise valid until the next call
const uint8_t *inflate_message(const uint8_t *bytes, size_t count, size_t *length);

// tls.c
void tls_start(Connection *connection);
void tls_continue(Connection *connection); // the handshake, and after it that of WebSocket
void tls_end(Connection *connection);
ssize_t tls_send(Connection *connection, const void *bytes, size_t count);
ssize_t tls_receive(Connection *connection, uint8_t *bytes, size_t count);
bool tls_has_more(const Connection *connection); // what was received already and would not wake us

// As send(2) and recv(2), with TLS where the connection has it.
static inline ssize_t send_bytes(Connection *connection, const void *bytes, size_t count) {
    return connection->tls ? tls_send(connection, bytes, count) : send(connection->fd, bytes, count, MSG_NOSIGNAL);
}

static inline ssize_t receive_bytes(Connection *connection, uint8_t *bytes, size_t count) {
    return connection->tls ? tls_receive(connection, bytes, count) : recv(connection->fd, bytes, count, 0);
}

// publisher.c
uint64_t publish_what_is_due(void); // returns after how many ns it wants to be called again
void flush_publisher(int number);
void receive_http_responses(Connection *connection, uint8_t *bytes, size_t count);

// --- The parent process ----------------------------------------------------------------------------------------------

// The server's processes and the machine at one moment; times in seconds since their start, sizes in bytes.
typedef struct {
    uint64_t time;
    double user, system, run; // `run` is their sum, and finer
    double rss, pss;
    int processes, threads;
    double memory_free, memory_available, kernel_slab, tcp_memory;
    double busy, softirq;
    uint64_t count; // of --count-file
} Sample;

typedef enum { SAMPLE_CPU, SAMPLE_RSS, SAMPLE_MEMORY } SampleDepth;

void take_sample(Sample *sample, SampleDepth depth);
int count_descriptors(void); // open files of the server

typedef struct {
    bool failed;
    uint64_t connected;
    double connect_seconds;
    Sample start, connecting, connected_all; // before anything, around connecting (CPU only)
    Sample settled, measure_start, end;
    double rss_peak, rss_stalled; // the latter: the last before the server closed one that had stopped reading
    // Slow: how many of these the server has closed, and when the first and the last
    int descriptors, slow_closed;
    uint64_t first_slow_closed, last_slow_closed;
    // Messages, deliveries, frames and the generator's own CPU time at the two ends of what is measured
    uint64_t published[2], delivered[2], frames[2];
    double generator_cpu[2];
    uint64_t measured_ns;
    // Storm
    double round_seconds[64], storm_cpu;
    int rounds;
    double join_seconds;
    Histogram connect_time, join_time, latency;
} Result;

void print_report(Result *result);
double generator_cpu_seconds(void); // of the workers that still run

static inline uint64_t nanoseconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

// The sum of one of the workers' counts.
#define SUM_OVER_WORKERS(field)                                                                                        \
    ({                                                                                                                 \
        uint64_t sum = 0;                                                                                              \
        for (int i = 0; i < options.processes; i++)                                                                    \
            sum += shared->workers[i].field;                                                                           \
        sum;                                                                                                           \
    })
