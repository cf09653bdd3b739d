// rawfan: the floor that fan-out is measured against. Not a product: a handshake, then one encoded frame to every
// subscriber of a topic, and nothing else. Linux and loopback only.
//
//   cc -O2 -o rawfan rawfan.c
//   rawfan --port P --mode send|coalesce|gather
//
// Subscribers ask for /ws/TOPIC, or for /many/FIRST/COUNT/TOPICS: so many topics from the first on, after the last of
// all topics again from 0. A publisher asks for /pub; its messages are "TOPIC|PAYLOAD".
//   send       one send() per message and subscriber
//   coalesce   all messages of a topic that one recv() brought go out in one send() per subscriber
//   gather     all messages that one recv() brought, whatever their topics, go out in one send() per subscriber
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_DESCRIPTORS = 4000000, MAX_TOPIC = 10000000, MAX_PENDING = 16 << 20, READ_SIZE = 1 << 20, EVENTS = 512 };

typedef enum { UNUSED, HANDSHAKE, SUBSCRIBER, PUBLISHER } State;

typedef struct {
    int topic;
    uint32_t position; // in the topic's list
} Subscription;

// By descriptor. `pending` is what a subscriber's socket did not take, or the start of a publisher's next frame;
// `gathered` is what a subscriber gets at the end of the turn.
typedef struct {
    Subscription *subscriptions;
    uint32_t subscription_count;
    uint8_t state;
    bool waits_for_socket, too_slow;
    uint8_t *pending, *gathered;
    uint32_t pending_length, pending_capacity, gathered_length, gathered_capacity;
} Connection;

typedef struct {
    int fd;
    uint32_t subscription; // of the connection's
} Subscriber;

typedef struct {
    Subscriber *subscribers;
    uint32_t count, capacity;
    uint8_t *frames; // encoded, to be sent
    size_t length, frames_capacity;
    bool dirty;
} Topic;

static Connection *connections;
static Topic *topics;
static int topic_count;
static int *dirty_topics, dirty_count;
static int *dirty_connections, dirty_connection_count;
static int epoll, max_descriptors;
static enum { SEND, COALESCE, GATHER } mode;
static uint8_t received[READ_SIZE];

// --- Handshake -------------------------------------------------------------------------------------------------------

static uint32_t rotate(uint32_t value, int bits) {
    return value << bits | value >> (32 - bits);
}

// SHA-1 of at most 200 bytes.
static void sha1(const uint8_t *message, size_t length, uint8_t digest[20]) {
    uint32_t hash[5] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
    uint8_t padded[256] = {0};
    size_t total = ((length + 8) / 64 + 1) * 64;
    memcpy(padded, message, length);
    padded[length] = 0x80;
    for (int i = 0; i < 8; i++)
        padded[total - 1 - (size_t)i] = (uint8_t)((uint64_t)length * 8 >> (8 * i));
    for (size_t block = 0; block < total; block += 64) {
        uint32_t w[80], a = hash[0], b = hash[1], c = hash[2], d = hash[3], e = hash[4];
        for (int i = 0; i < 16; i++) {
            const uint8_t *word = padded + block + 4 * i;
            w[i] = (uint32_t)word[0] << 24 | (uint32_t)word[1] << 16 | (uint32_t)word[2] << 8 | word[3];
        }
        for (int i = 16; i < 80; i++)
            w[i] = rotate(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
        for (int i = 0; i < 80; i++) {
            uint32_t f, k;
            if (i < 20)
                f = (b & c) | (~b & d), k = 0x5A827999;
            else if (i < 40)
                f = b ^ c ^ d, k = 0x6ED9EBA1;
            else if (i < 60)
                f = (b & c) | (b & d) | (c & d), k = 0x8F1BBCDC;
            else
                f = b ^ c ^ d, k = 0xCA62C1D6;
            uint32_t next = rotate(a, 5) + f + e + k + w[i];
            e = d;
            d = c;
            c = rotate(b, 30);
            b = a;
            a = next;
        }
        hash[0] += a;
        hash[1] += b;
        hash[2] += c;
        hash[3] += d;
        hash[4] += e;
    }
    for (int i = 0; i < 20; i++)
        digest[i] = (uint8_t)(hash[i / 4] >> (24 - 8 * (i % 4)));
}

static void accept_key(const char *key, size_t length, char accept[29]) {
    static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint8_t message[128], digest[21] = {0};
    memcpy(message, key, length);
    memcpy(message + length, guid, 36);
    sha1(message, length + 36, digest);
    for (int i = 0, out = 0; i < 21; i += 3) {
        uint32_t bits = (uint32_t)digest[i] << 16 | (uint32_t)digest[i + 1] << 8 | (i + 2 < 20 ? digest[i + 2] : 0);
        for (int shift = 18; shift >= 0; shift -= 6)
            accept[out++] = alphabet[bits >> shift & 63];
    }
    accept[27] = '=';
    accept[28] = 0;
}

// --- Connections -----------------------------------------------------------------------------------------------------

static void watch(int fd, int operation, uint32_t events) {
    struct epoll_event event = {.events = events, .data.fd = fd};
    epoll_ctl(epoll, operation, fd, &event);
}

static void drop(int fd) {
    Connection *connection = &connections[fd];
    for (uint32_t i = 0; i < connection->subscription_count; i++) {
        Subscription *subscription = &connection->subscriptions[i];
        Topic *topic = &topics[subscription->topic];
        Subscriber last = topic->subscribers[--topic->count];
        topic->subscribers[subscription->position] = last;
        connections[last.fd].subscriptions[last.subscription].position = subscription->position;
    }
    free(connection->subscriptions);
    free(connection->gathered);
    free(connection->pending);
    *connection = (Connection){0};
    close(fd);
}

static Topic *topic_numbered(int number) {
    if (number >= topic_count) {
        int count = number * 2 + 16;
        topics = realloc(topics, sizeof *topics * (size_t)count);
        memset(topics + topic_count, 0, sizeof *topics * (size_t)(count - topic_count));
        dirty_topics = realloc(dirty_topics, sizeof *dirty_topics * (size_t)count);
        topic_count = count;
    }
    return &topics[number];
}

static int valid_topic(int number) {
    return number < 0 || number > MAX_TOPIC ? 0 : number;
}

// Lets a connection follow `count` topics from `first` on, which is 0 again after `all`.
static void subscribe(int fd, int first, int count, int all) {
    Connection *connection = &connections[fd];
    connection->state = SUBSCRIBER;
    connection->subscriptions = malloc((size_t)count * sizeof *connection->subscriptions);
    for (int i = 0; i < count; i++) {
        int number = (first + i) % all;
        Topic *topic = topic_numbered(number);
        if (topic->count == topic->capacity) {
            topic->capacity = topic->capacity ? topic->capacity * 2 : 4;
            topic->subscribers = realloc(topic->subscribers, topic->capacity * sizeof *topic->subscribers);
        }
        uint32_t subscription = connection->subscription_count++;
        connection->subscriptions[subscription] = (Subscription){.topic = number, .position = topic->count};
        topic->subscribers[topic->count++] = (Subscriber){.fd = fd, .subscription = subscription};
    }
}

// What a socket did not take waits here; who lets 16 MiB wait is cut (and dropped by the event loop).
static void keep_pending(int fd, const uint8_t *bytes, size_t count) {
    Connection *connection = &connections[fd];
    if (connection->too_slow)
        return;
    if (connection->pending_length + count > connection->pending_capacity) {
        connection->pending_capacity = (uint32_t)(connection->pending_length + count) * 2;
        connection->pending = realloc(connection->pending, connection->pending_capacity);
    }
    memcpy(connection->pending + connection->pending_length, bytes, count);
    connection->pending_length += (uint32_t)count;
    if (connection->pending_length > MAX_PENDING) {
        connection->too_slow = true;
        struct linger linger = {.l_onoff = 1, .l_linger = 0};
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
        shutdown(fd, SHUT_RDWR);
        return;
    }
    if (!connection->waits_for_socket) {
        connection->waits_for_socket = true;
        watch(fd, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
    }
}

static void send_pending(int fd) {
    Connection *connection = &connections[fd];
    ssize_t sent = 0;
    if (connection->pending_length)
        sent = send(fd, connection->pending, connection->pending_length, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN) {
        drop(fd);
        return;
    }
    if (sent > 0) {
        connection->pending_length -= (uint32_t)sent;
        memmove(connection->pending, connection->pending + sent, connection->pending_length);
    }
    if (!connection->pending_length) {
        free(connection->pending);
        connection->pending = NULL;
        connection->pending_capacity = 0;
        connection->waits_for_socket = false;
        watch(fd, EPOLL_CTL_MOD, EPOLLIN);
    }
}

// --- Fan-out ---------------------------------------------------------------------------------------------------------

static inline void send_to(int fd, const uint8_t *bytes, size_t count) {
    if (__builtin_expect(connections[fd].pending_length != 0, 0)) {
        keep_pending(fd, bytes, count);
        return;
    }
    ssize_t sent = send(fd, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (__builtin_expect(sent != (ssize_t)count, 0)) {
        if (sent < 0 && errno != EAGAIN)
            return;
        size_t taken = sent < 0 ? 0 : (size_t)sent;
        keep_pending(fd, bytes + taken, count - taken);
    }
}

static inline void gather(int fd, const uint8_t *bytes, size_t count) {
    Connection *connection = &connections[fd];
    if (connection->gathered_length + count > connection->gathered_capacity) {
        connection->gathered_capacity = (uint32_t)(connection->gathered_length + count) * 2;
        connection->gathered = realloc(connection->gathered, connection->gathered_capacity);
    }
    if (!connection->gathered_length)
        dirty_connections[dirty_connection_count++] = fd;
    memcpy(connection->gathered + connection->gathered_length, bytes, count);
    connection->gathered_length += (uint32_t)count;
}

static void fan_out(Topic *topic) {
    for (uint32_t i = 0; i < topic->count; i++) {
        if (mode == GATHER)
            gather(topic->subscribers[i].fd, topic->frames, topic->length);
        else
            send_to(topic->subscribers[i].fd, topic->frames, topic->length);
    }
    topic->length = 0;
}

static size_t write_head(uint8_t *out, size_t length) {
    out[0] = 0x81;
    if (length < 126) {
        out[1] = (uint8_t)length;
        return 2;
    }
    if (length < 65536) {
        out[1] = 126;
        out[2] = (uint8_t)(length >> 8);
        out[3] = (uint8_t)length;
        return 4;
    }
    out[1] = 127;
    for (int i = 0; i < 8; i++)
        out[2 + i] = (uint8_t)((uint64_t)length >> (56 - 8 * i));
    return 10;
}

static void publish(const uint8_t *message, size_t length) {
    const uint8_t *separator = memchr(message, '|', length);
    if (!separator)
        return;
    int number = valid_topic(atoi((const char *)message));
    const uint8_t *payload = separator + 1;
    size_t payload_length = length - (size_t)(payload - message);
    Topic *topic = topic_numbered(number);
    if (topic->length + payload_length + 10 > topic->frames_capacity) {
        topic->frames_capacity = (topic->length + payload_length + 10) * 2;
        topic->frames = realloc(topic->frames, topic->frames_capacity);
    }
    topic->length += write_head(topic->frames + topic->length, payload_length);
    memcpy(topic->frames + topic->length, payload, payload_length);
    topic->length += payload_length;
    if (mode == SEND) {
        fan_out(topic);
    } else if (!topic->dirty) {
        topic->dirty = true;
        dirty_topics[dirty_count++] = number;
    }
}

static void fan_out_dirty_topics(void) {
    for (int i = 0; i < dirty_count; i++) {
        Topic *topic = &topics[dirty_topics[i]];
        topic->dirty = false;
        if (topic->length)
            fan_out(topic);
    }
    dirty_count = 0;
    for (int i = 0; i < dirty_connection_count; i++) {
        Connection *connection = &connections[dirty_connections[i]];
        send_to(dirty_connections[i], connection->gathered, connection->gathered_length);
        connection->gathered_length = 0;
    }
    dirty_connection_count = 0;
}

// --- Receiving -------------------------------------------------------------------------------------------------------

static void answer_handshake(int fd, size_t count) {
    received[count] = 0;
    char *request = (char *)received;
    if (!strstr(request, "\r\n\r\n"))
        return;
    char *key = strcasestr(request, "sec-websocket-key:");
    size_t length = 0;
    if (key) {
        key += strlen("sec-websocket-key:");
        key += strspn(key, " ");
        length = strcspn(key, "\r\n ");
    }
    if (!key || length > 40) {
        drop(fd);
        return;
    }
    char accept[29], response[256];
    accept_key(key, length, accept);
    int end = snprintf(response, sizeof response,
                       "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                       "Sec-WebSocket-Accept: %s\r\n\r\n",
                       accept);
    send(fd, response, (size_t)end, MSG_NOSIGNAL);
    const char *path = request + strlen("GET ");
    int first = 0, follows = 1, all = MAX_TOPIC + 1;
    if (!strncmp(path, "/pub", 4)) {
        connections[fd].state = PUBLISHER;
        return;
    }
    if (sscanf(path, "/many/%d/%d/%d", &first, &follows, &all) != 3)
        sscanf(path, "/ws/%d", &first);
    if (follows < 1 || all < follows || all > MAX_TOPIC + 1)
        follows = 1, all = MAX_TOPIC + 1;
    subscribe(fd, valid_topic(first), follows, all);
}

// Reads the head of a masked frame; false when the frame is not complete.
static bool read_frame(uint8_t *bytes, size_t count, size_t *head, size_t *length) {
    if (count < 6)
        return false;
    *length = bytes[1] & 127;
    *head = *length == 126 ? 8 : *length == 127 ? 14 : 6;
    if (count < *head)
        return false;
    if (*length == 126) {
        *length = (size_t)bytes[2] << 8 | bytes[3];
    } else if (*length == 127) {
        *length = 0;
        for (int i = 0; i < 8; i++)
            *length = *length << 8 | bytes[2 + i];
    }
    return count - *head >= *length;
}

static void receive_from_publisher(int fd, size_t count) {
    size_t offset = 0, head, length;
    while (read_frame(received + offset, count - offset, &head, &length)) {
        uint8_t *payload = received + offset + head, *mask = payload - 4;
        int opcode = received[offset] & 15;
        for (size_t i = 0; i < length; i++)
            payload[i] ^= mask[i & 3];
        if (opcode == 8) {
            drop(fd);
            return;
        }
        if (opcode <= 2)
            publish(payload, length);
        offset += head + length;
    }
    Connection *connection = &connections[fd];
    size_t rest = count - offset;
    if (rest > connection->pending_capacity) {
        connection->pending = realloc(connection->pending, rest);
        connection->pending_capacity = (uint32_t)rest;
    }
    if (rest)
        memcpy(connection->pending, received + offset, rest);
    connection->pending_length = (uint32_t)rest;
}

static void receive(int fd) {
    Connection *connection = &connections[fd];
    size_t carried = connection->state == PUBLISHER ? connection->pending_length : 0;
    if (carried)
        memcpy(received, connection->pending, carried);
    ssize_t got = recv(fd, received + carried, sizeof received - carried - 1, 0);
    if (got <= 0) {
        if (got == 0 || errno != EAGAIN)
            drop(fd);
        return;
    }
    if (connection->state == HANDSHAKE)
        answer_handshake(fd, (size_t)got);
    else if (connection->state == PUBLISHER)
        receive_from_publisher(fd, carried + (size_t)got);
    // What a subscriber says is not listened to.
}

// --- The loop --------------------------------------------------------------------------------------------------------

static int listen_on(int port) {
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    max_descriptors = limit.rlim_max > MAX_DESCRIPTORS ? MAX_DESCRIPTORS : (int)limit.rlim_max;
    connections = calloc((size_t)max_descriptors, sizeof *connections);
    dirty_connections = calloc((size_t)max_descriptors, sizeof *dirty_connections);
    topic_numbered(0);

    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one); // accepted sockets inherit it
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 65535)) {
        perror("rawfan: listen");
        exit(1);
    }
    epoll = epoll_create1(EPOLL_CLOEXEC);
    watch(listener, EPOLL_CTL_ADD, EPOLLIN);
    return listener;
}

static void accept_connections(int listener) {
    for (int i = 0; i < 256; i++) {
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0)
            return;
        if (fd >= max_descriptors - 1) {
            close(fd);
            continue;
        }
        connections[fd] = (Connection){.state = HANDSHAKE};
        watch(fd, EPOLL_CTL_ADD, EPOLLIN);
    }
}

static _Noreturn void serve(int listener) {
    struct epoll_event events[EVENTS];
    for (;;) {
        int count = epoll_wait(epoll, events, EVENTS, -1);
        for (int i = 0; i < count; i++) {
            int fd = events[i].data.fd;
            uint32_t happened = events[i].events;
            if (fd == listener) {
                accept_connections(listener);
                continue;
            }
            Connection *connection = &connections[fd];
            if (happened & EPOLLOUT && connection->state == SUBSCRIBER && !connection->too_slow)
                send_pending(fd);
            if (connection->state != UNUSED && happened & (EPOLLIN | EPOLLHUP | EPOLLERR))
                receive(fd);
        }
        fan_out_dirty_topics();
    }
}

static bool choose_mode(const char *name) {
    static const char *const names[] = {"send", "coalesce", "gather"};
    for (int i = 0; i < 3; i++)
        if (!strcmp(name, names[i])) {
            mode = i;
            return true;
        }
    return false;
}

int main(int count, char **arguments) {
    int port = 9000;
    for (int i = 1; i < count; i += 2) {
        const char *value = i + 1 < count ? arguments[i + 1] : "";
        if (!strcmp(arguments[i], "--port") && *value) {
            port = atoi(value);
        } else if (strcmp(arguments[i], "--mode") || !choose_mode(value)) {
            fprintf(stderr, "usage: rawfan --port P --mode send|coalesce|gather\n");
            return 2;
        }
    }
    signal(SIGPIPE, SIG_IGN);
    serve(listen_on(port));
}
