// A connection from `connect` to the answered handshake, and its end.
#include "wsfan.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

enum { MAX_RETRIES = 20, MAX_RESPONSE_HEAD = 16384 };

// The key of RFC 6455's own example, and what has to come back for it.
#define HANDSHAKE_KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define HANDSHAKE_ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

// Without context takeover, so that messages can be inflated one by one.
#define DEFLATE_OFFER                                                                                                  \
    "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover"

void watch(int operation, Connection *connection, uint32_t events) {
    struct epoll_event event = {.events = events, .data.u32 = (uint32_t)(connection - worker.connections)};
    if (epoll_ctl(worker.epoll, operation, connection->fd, &event))
        perror("wsfan: epoll_ctl");
}

void drop_carry(Connection *connection) {
    free(connection->carry);
    connection->carry = NULL;
    connection->carry_length = connection->carry_capacity = 0;
}

void expect_nothing_more(const Connection *connection) {
    for (int i = 0; i < worker.follows; i++)
        if (shared->topic_subscribers[topic_of(connection, i)]) {
            atomic_fetch_sub(&shared->topic_subscribers[topic_of(connection, i)], 1);
            shared->subscriptions--;
        }
}

// A subscriber that the server closed misses what it has not received, and what is published from now on.
static void write_off(Connection *connection) {
    worker.counts->closed++;
    for (int i = 0; i < worker.follows; i++) {
        uint32_t published = shared->topic_published[topic_of(connection, i)];
        uint32_t received = subscriptions_of(connection)[i].received;
        if (published > received)
            worker.counts->written_off += published - received;
    }
    if (shared->phase < PHASE_DONE)
        expect_nothing_more(connection);
}

void close_connection(Connection *connection) {
    ConnectionState before = connection->state;
    if (connection->tls)
        tls_end(connection);
    if (connection->fd >= 0)
        close(connection->fd);
    connection->fd = -1;
    connection->state = CLOSED;
    drop_carry(connection);
    switch (before) {
    case CONNECTING:
    case TLS_HANDSHAKE:
    case HANDSHAKE:
    case AWAITING_ACK:
        worker.in_progress--;
        worker.counts->failed_tries++;
        if (connection->retries < MAX_RETRIES && shared->phase <= worker.connects_in) {
            connection->retries++;
            worker.retry[worker.retry_count++] = (int)(connection - worker.connections);
        } else if (connection->publisher) {
            shared->publish_errors++;
        }
        break;
    case READY:
        if (connection->publisher) {
            fprintf(stderr, "wsfan: publisher connection closed by the server\n");
            shared->publish_errors++;
        } else {
            write_off(connection);
        }
        break;
    case STALLED:
        worker.counts->slow_closed++;
        connection->state = OFF;
        break;
    default: break;
    }
}

// What is sent here is small and comes when nothing is waiting, so that a short send is worth a word and no more.
void send_now(Connection *connection, const void *bytes, size_t count) {
    ssize_t sent = send_bytes(connection, bytes, count);
    bool gone = sent < 0 && (errno == EPIPE || errno == ECONNRESET);
    if (sent != (ssize_t)count && !gone)
        fprintf(stderr, "wsfan: short send: %zd of %zu (%s)\n", sent, count, strerror(errno));
}

// --- Connecting ------------------------------------------------------------------------------------------------------

static void set_options(int fd, const Connection *connection) {
    int one = 1;
    int receive_buffer = options.stalled_receive_buffer && will_stall(connection) ? options.stalled_receive_buffer
                                                                                  : options.receive_buffer;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (receive_buffer)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    if (options.reset_on_close) {
        struct linger linger = {.l_onoff = 1, .l_linger = 0};
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    }
}

static void bind_source(int fd, uint32_t index) {
    int one = 1;
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    struct sockaddr_in source = {.sin_family = AF_INET};
    source.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + index % (uint32_t)options.source_addresses);
    if (bind(fd, (struct sockaddr *)&source, sizeof source))
        die("bind: %s", strerror(errno));
}

void start_connection(Connection *connection) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        die("socket: %s", strerror(errno));
    connection->fd = fd;
    set_options(fd, connection);
    if (options.source_addresses > 1 && !connection->publisher)
        bind_source(fd, connection->index);

    struct sockaddr_in target = {.sin_family = AF_INET};
    target.sin_port =
        htons((uint16_t)(connection->publisher && options.publish_port ? options.publish_port : options.port));
    inet_pton(AF_INET, options.host, &target.sin_addr);
    connection->started = nanoseconds();
    connection->state = CONNECTING;
    if (!connection->publisher)
        memset(subscriptions_of(connection), 0, sizeof(Subscription) * (size_t)worker.follows);
    worker.in_progress++;
    if (connect(fd, (struct sockaddr *)&target, sizeof target) && errno != EINPROGRESS) {
        if (errno == EADDRNOTAVAIL)
            fprintf(stderr, "wsfan: out of ports: widen net.ipv4.ip_local_port_range or raise --src-ips\n");
        close_connection(connection);
        return;
    }
    watch(EPOLL_CTL_ADD, connection, EPOLLOUT);
}

void become_ready(Connection *connection) {
    connection->state = READY;
    worker.in_progress--;
    if (connection->publisher) {
        shared->publishers_ready++;
        return;
    }
    uint64_t now = nanoseconds();
    histogram_add(&worker.counts->connect_time, now - connection->started);
    worker.counts->ready++;
    worker.counts->last_ready = now;
}

void connected(Connection *connection) {
    int error = 0;
    socklen_t length = sizeof error;
    getsockopt(connection->fd, SOL_SOCKET, SO_ERROR, &error, &length);
    if (error)
        close_connection(connection);
    else if (options.tls)
        tls_start(connection);
    else
        send_handshake(connection);
}

void send_handshake(Connection *connection) {
    if (connection->publisher && options.publish_over_http) {
        become_ready(connection);
        watch(EPOLL_CTL_MOD, connection, EPOLLIN | EPOLLRDHUP);
        return;
    }
    const char *template = connection->publisher && options.publish_path ? options.publish_path : options.path;
    char path[1024] = "", request[4096];
    expand(path, sizeof path - 24, template, (int)connection->topic, (int)connection->index, "", 0);
    size_t end = (size_t)snprintf(request, sizeof request,
                                  "GET %s HTTP/1.1\r\nHost: %s:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                  "Sec-WebSocket-Key: " HANDSHAKE_KEY "\r\nSec-WebSocket-Version: 13\r\n",
                                  path, options.host, options.port);
    if (options.subprotocol)
        end += (size_t)snprintf(request + end, sizeof request - end, "Sec-WebSocket-Protocol: %s\r\n",
                                options.subprotocol);
    if (options.deflate)
        end += (size_t)snprintf(request + end, sizeof request - end, DEFLATE_OFFER "\r\n");
    for (int i = 0; i < options.headers.count; i++)
        end += (size_t)snprintf(request + end, sizeof request - end, "%s\r\n", options.headers.items[i]);
    end += (size_t)snprintf(request + end, sizeof request - end, "\r\n");
    send_now(connection, request, end);
    connection->state = HANDSHAKE;
    watch(EPOLL_CTL_MOD, connection, EPOLLIN | EPOLLRDHUP);
}

static void send_first_messages(Connection *connection) {
    const Templates *messages = connection->publisher ? &options.publisher_first_messages : &options.first_messages;
    bool binary = connection->publisher ? options.message_is_binary : options.first_messages_are_binary;
    char message[2048];
    uint8_t frame[sizeof message + 14];
    for (int i = 0; i < messages->count; i++) {
        size_t length =
            expand(message, sizeof message, messages->items[i], (int)connection->topic, (int)connection->index, "", 0);
        send_now(connection, frame, write_frame(frame, binary ? BINARY : TEXT, message, length));
    }
    connection->state = AWAITING_ACK;
    if (connection->publisher || !options.acknowledgement)
        become_ready(connection);
}

size_t read_handshake(Connection *connection, const uint8_t *bytes, size_t count) {
    const uint8_t *end = memmem(bytes, count, "\r\n\r\n", 4);
    if (!end) {
        if (count > MAX_RESPONSE_HEAD)
            close_connection(connection);
        return 0;
    }
    bool switched = count >= 12 && !memcmp(bytes, "HTTP/1.1 101", 12);
    bool accepted = memmem(bytes, count, HANDSHAKE_ACCEPT, strlen(HANDSHAKE_ACCEPT));
    static const char without_takeover[] = "server_no_context_takeover";
    bool agreed = !options.deflate || memmem(bytes, (size_t)(end - bytes), without_takeover, strlen(without_takeover));
    if (!switched || !accepted || !agreed) {
        if (!worker.counts->refused++)
            fprintf(stderr, "wsfan: handshake refused: %.*s\n", (int)(end - bytes > 200 ? 200 : end - bytes), bytes);
        close_connection(connection);
        return 0;
    }
    send_first_messages(connection);
    return (size_t)(end - bytes) + 4;
}
