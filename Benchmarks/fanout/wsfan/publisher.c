// Publishing, on the first worker: when, how many, to which topic, over WebSocket or HTTP.
#include "wsfan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>

static const uint64_t MICROSECOND = 1000, MILLISECOND = 1000000;

// After so long without a delivery, what is outstanding is given up and publishing goes on.
static const uint64_t STALLED_AFTER = 3000000000;

enum { MAX_QUEUED = 4 << 20 };

// In mode echo-broadcast the first subscriber publishes.
static Connection *publisher(int number) {
    return options.mode == MODE_ECHO_BROADCAST ? &worker.connections[0]
                                               : &worker.connections[worker.subscriber_count + number];
}

// --- Sending ---------------------------------------------------------------------------------------------------------

static void queue(Outgoing *outgoing, const void *bytes, size_t count) {
    if (outgoing->end + count > outgoing->capacity && outgoing->start) {
        memmove(outgoing->bytes, outgoing->bytes + outgoing->start, outgoing->end - outgoing->start);
        outgoing->end -= outgoing->start;
        outgoing->start = 0;
    }
    if (outgoing->end + count > outgoing->capacity) {
        outgoing->capacity = (outgoing->end + count) * 2;
        outgoing->bytes = realloc(outgoing->bytes, outgoing->capacity);
    }
    memcpy(outgoing->bytes + outgoing->end, bytes, count);
    outgoing->end += count;
}

void flush_publisher(int number) {
    Outgoing *outgoing = &worker.outgoing[number];
    Connection *connection = publisher(number);
    while (outgoing->start < outgoing->end) {
        ssize_t sent = send_bytes(connection, outgoing->bytes + outgoing->start, outgoing->end - outgoing->start);
        if (sent < 0 && errno == EAGAIN) {
            if (!outgoing->waits_for_socket) {
                outgoing->waits_for_socket = true;
                watch(EPOLL_CTL_MOD, connection, EPOLLIN | EPOLLOUT | EPOLLRDHUP);
            }
            return;
        }
        if (sent < 0) {
            close_connection(connection);
            return;
        }
        outgoing->start += (size_t)sent;
    }
    outgoing->start = outgoing->end = 0;
    if (outgoing->waits_for_socket) {
        outgoing->waits_for_socket = false;
        watch(EPOLL_CTL_MOD, connection, EPOLLIN | EPOLLRDHUP);
    }
}

static uint32_t choose_topic(void) {
    static uint64_t random = 88172645463325252ull;
    static uint32_t turn;
    if (options.topics == 1)
        return 0;
    if (options.topics_in_turn)
        return turn++ % (uint32_t)options.topics;
    random ^= random << 13;
    random ^= random >> 7;
    random ^= random << 17;
    return (uint32_t)(random % (uint64_t)options.topics);
}

static bool can_take_a_message(int number) {
    Outgoing *outgoing = &worker.outgoing[number];
    return publisher(number)->state == READY && outgoing->end - outgoing->start < MAX_QUEUED &&
           (!options.publish_over_http || outgoing->in_flight < options.pipeline);
}

// The next publisher that can take a message, in turn; -1 when none can.
static int choose_publisher(void) {
    static int first;
    for (int i = 0; i < worker.publisher_count; i++) {
        int number = (first + i) % worker.publisher_count;
        if (can_take_a_message(number)) {
            first = number + 1;
            return number;
        }
    }
    return -1;
}

static void queue_http_request(int number, uint32_t topic, const char *body, size_t length) {
    char path[512] = "", head[2048];
    expand(path, sizeof path - 12, options.publish_path ? options.publish_path : "/pub", (int)topic, number, "", 0);
    size_t end = (size_t)snprintf(head, sizeof head, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %zu\r\n", path,
                                  options.host, length);
    for (int i = 0; i < options.publish_headers.count; i++)
        end += (size_t)snprintf(head + end, sizeof head - end, "%s\r\n", options.publish_headers.items[i]);
    end += (size_t)snprintf(head + end, sizeof head - end, "\r\n");
    queue(&worker.outgoing[number], head, end);
    queue(&worker.outgoing[number], body, length);
    worker.outgoing[number].in_flight++;
}

static void fill(char *payload) {
    uint32_t random = 1;
    for (int i = 0; i < options.size; i++) {
        random = random * 1664525u + 1013904223u;
        payload[i] = options.fill_is_hex ? "0123456789abcdef"[random >> 28] : 'x';
    }
}

// Queues a message that was due at `time`; false when no publisher can take it.
static bool publish(uint32_t topic, uint64_t time) {
    static char *payload, *message;
    static uint8_t *frame;
    size_t capacity = (size_t)options.size * 2 + 65536;
    if (!payload) {
        payload = malloc((size_t)options.size + 1);
        fill(payload);
        message = malloc(capacity);
        frame = malloc(capacity + 14);
    }
    int number = choose_publisher();
    if (number < 0)
        return false;
    uint32_t sequence = shared->topic_published[topic];
    write_payload_head(payload, topic, sequence, time);
    size_t length = expand(message, capacity, options.message, (int)topic, number, payload, options.size);
    if (options.publish_over_http)
        queue_http_request(number, topic, message, length);
    else
        queue(&worker.outgoing[number], frame,
              write_frame(frame, options.message_is_binary ? BINARY : TEXT, message, length));
    shared->expected += shared->topic_subscribers[topic];
    shared->topic_published[topic] = sequence + 1;
    shared->published++;
    return true;
}

static size_t content_length(const uint8_t *head, const uint8_t *end) {
    static const char name[] = "content-length:";
    for (const uint8_t *line = head; line < end; line++)
        if (*line == '\n' && !strncasecmp((const char *)line + 1, name, strlen(name)))
            return strtoul((const char *)line + 1 + strlen(name), NULL, 10);
    return 0;
}

void receive_http_responses(Connection *connection, uint8_t *bytes, size_t count) {
    Outgoing *outgoing = &worker.outgoing[connection->topic];
    size_t offset = 0;
    while (offset < count) {
        if (outgoing->body_left) {
            size_t here = outgoing->body_left < count - offset ? outgoing->body_left : count - offset;
            outgoing->body_left -= here;
            offset += here;
            continue;
        }
        const uint8_t *head = bytes + offset, *end = memmem(head, count - offset, "\r\n\r\n", 4);
        if (!end)
            break;
        bool accepted = end - head > 9 && head[9] == '2'; // HTTP/1.1 2xx
        if (!accepted && !shared->publish_errors++)
            fprintf(stderr, "wsfan: publish refused: %.*s\n", (int)(end - head > 120 ? 120 : end - head), head);
        outgoing->body_left = content_length(head, end);
        outgoing->in_flight--;
        offset += (size_t)(end - head) + 4;
    }
    size_t rest = count - offset;
    if (rest > connection->carry_capacity) {
        connection->carry = realloc(connection->carry, rest);
        connection->carry_capacity = (uint32_t)rest;
    }
    if (rest)
        memcpy(connection->carry, bytes + offset, rest);
    connection->carry_length = (uint32_t)rest;
}

// --- The schedule ----------------------------------------------------------------------------------------------------

static uint64_t average_subscribers(void) {
    uint64_t average = shared->subscriptions / (uint64_t)options.topics;
    return average ? average : 1;
}

// What all of publishing shares: deliveries that are still to come, and since when nothing has come.
typedef struct {
    uint64_t arrived, last_arrival, given_up;
} Progress;

static uint64_t outstanding(Progress *progress, uint64_t now) {
    uint64_t arrived = SUM_OVER_WORKERS(delivered) + SUM_OVER_WORKERS(written_off), expected = shared->expected;
    uint64_t missing = expected > arrived + progress->given_up ? expected - arrived - progress->given_up : 0;
    if (arrived != progress->arrived) {
        progress->arrived = arrived;
        progress->last_arrival = now;
    } else if (missing && now - progress->last_arrival > STALLED_AFTER) {
        shared->stalls++;
        progress->given_up += missing;
        progress->last_arrival = now;
        return 0;
    }
    return missing;
}

// Other workers' deliveries are only seen in shared memory, so it has to be looked at again soon.
static uint64_t until_next_look(uint64_t with_other_workers) {
    return options.processes > 1 ? with_other_workers : MILLISECOND;
}

static uint64_t publish_burst(uint64_t missing, uint64_t now) {
    static uint64_t started, next;
    static bool running;
    if (running && !missing) {
        histogram_add(&shared->burst_time, now - started);
        shared->bursts++;
        running = false;
        next = now + (uint64_t)options.gap_ms * MILLISECOND;
    }
    if (!running) {
        if (now < next)
            return next - now;
        started = nanoseconds();
        running = true;
        for (int i = 0; i < options.burst; i++)
            if (!publish(choose_topic(), started))
                break;
    }
    return until_next_look(100 * MICROSECOND);
}

static uint64_t publish_by_rate(uint64_t missing, uint64_t now, uint64_t *next) {
    uint64_t gap = (uint64_t)(1e9 / options.rate), subscribers = average_subscribers();
    for (int i = 0; now >= *next && i < 1000; i++) {
        if (options.max_outstanding && missing + subscribers > options.max_outstanding * subscribers)
            return MILLISECOND;
        if (!publish(choose_topic(), *next))
            return 200 * MICROSECOND;
        histogram_add(&shared->late, now - *next);
        *next += gap;
        missing += subscribers;
    }
    return *next > now ? *next - now : 0;
}

static uint64_t publish_closed_loop(uint64_t missing) {
    uint64_t subscribers = average_subscribers();
    for (int i = 0; i < 64 && missing + subscribers <= (uint64_t)options.window * subscribers; i++) {
        if (!publish(choose_topic(), nanoseconds()))
            break;
        missing += subscribers;
    }
    return until_next_look(50 * MICROSECOND);
}

static void flush_all(bool waiting_too) {
    for (int i = 0; i < worker.publisher_count; i++)
        if (waiting_too || (worker.outgoing[i].end > worker.outgoing[i].start && !worker.outgoing[i].waits_for_socket))
            flush_publisher(i);
}

uint64_t publish_what_is_due(void) {
    static Progress progress;
    static uint64_t next; // by rate: when the next message is due
    uint64_t now = nanoseconds();
    if (shared->phase < PHASE_PUBLISH || shared->phase >= PHASE_DRAIN) {
        next = 0;
        if (shared->phase == PHASE_DRAIN)
            flush_all(true);
        return 5 * MILLISECOND;
    }
    if (!next) {
        next = now;
        progress =
            (Progress){.arrived = SUM_OVER_WORKERS(delivered) + SUM_OVER_WORKERS(written_off), .last_arrival = now};
    }
    uint64_t missing = outstanding(&progress, now), wait;
    if (options.burst)
        wait = publish_burst(missing, now);
    else if (options.rate > 0)
        wait = publish_by_rate(missing, now, &next);
    else
        wait = publish_closed_loop(missing);
    flush_all(false);
    return wait;
}
