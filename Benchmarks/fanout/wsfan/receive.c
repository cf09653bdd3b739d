// What comes in: frames, the messages in them, the payloads in those.
#include "wsfan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { MAX_FRAME = 1 << 26, READ_SIZE = 65536 };

static void deliver(Connection *connection, const uint8_t *payload) {
    uint32_t topic, sequence;
    uint64_t published;
    read_payload_head(payload, &topic, &sequence, &published);
    worker.delivered++;
    int number = (int)topic - (int)connection->topic;
    if (number < 0)
        number += options.topics;
    if (number < 0 || number >= worker.follows) { // somebody else's
        worker.counts->out_of_order++;
        return;
    }
    Subscription *subscription = &subscriptions_of(connection)[number];
    subscription->received++;
    if (sequence < subscription->next) {
        worker.counts->out_of_order++;
    } else {
        worker.counts->gaps += sequence - subscription->next;
        subscription->next = sequence + 1;
    }
    if (shared->measure_start && published >= shared->measure_start)
        histogram_add(&worker.counts->latency, worker.now > published ? worker.now - published : 0);
}

// A message that is none of ours: an acknowledgement, a ping of the application's own, or nothing to us.
static void receive_other(Connection *connection, const uint8_t *message, size_t length) {
    if (connection->state == AWAITING_ACK && options.acknowledgement &&
        memmem(message, length, options.acknowledgement, strlen(options.acknowledgement)))
        become_ready(connection);
    if (options.reply_to && length == strlen(options.reply_to) && !memcmp(message, options.reply_to, length)) {
        uint8_t frame[256];
        int opcode = options.first_messages_are_binary ? BINARY : TEXT;
        send_now(connection, frame, write_frame(frame, opcode, options.reply_with, strlen(options.reply_with)));
    }
}

// One message of the protocol may carry several of ours, with something before and between them.
static void receive_message(Connection *connection, const uint8_t *message, size_t length) {
    static size_t usual_start; // the next one most likely starts where the last one did
    const uint8_t *mark = NULL;
    if (usual_start + PAYLOAD_HEAD <= length && !memcmp(message + usual_start, PAYLOAD_MARK, PAYLOAD_MARK_LENGTH))
        mark = message + usual_start;
    else
        mark = memmem(message, length, PAYLOAD_MARK, PAYLOAD_MARK_LENGTH);
    if (!mark) {
        receive_other(connection, message, length);
        return;
    }
    usual_start = (size_t)(mark - message);
    if (connection->publisher)
        return;
    const uint8_t *end = message + length;
    while (mark && end - mark >= PAYLOAD_HEAD) {
        deliver(connection, mark);
        if (end - mark <= options.size)
            return;
        mark = memmem(mark + options.size, (size_t)(end - mark - options.size), PAYLOAD_MARK, PAYLOAD_MARK_LENGTH);
    }
}

enum { FIRST_RESERVED_BIT = 0x40 };

static void receive_frame(Connection *connection, uint8_t first, const uint8_t *payload, size_t length) {
    int opcode = first & 15;
    worker.counts->frames++;
    if (first & FIRST_RESERVED_BIT) {
        worker.counts->compressed++;
        payload = inflate_message(payload, length, &length);
        if (!payload) {
            fprintf(stderr, "wsfan: a message that cannot be inflated\n");
            close_connection(connection);
            return;
        }
    }
    if (opcode <= BINARY) {
        receive_message(connection, payload, length);
    } else if (opcode == PING) {
        uint8_t frame[MAX_CONTROL_FRAME];
        send_now(connection, frame, write_frame(frame, PONG, payload, length > 125 ? 125 : length));
    } else if (opcode == CLOSE) {
        close_connection(connection);
    }
}

// Reads the head of a frame; returns false when it is not complete.
static bool read_frame_head(const uint8_t *bytes, size_t count, size_t *head, size_t *length) {
    if (count < 2)
        return false;
    *length = bytes[1] & 127;
    *head = *length == 126 ? 4 : *length == 127 ? 10 : 2;
    if (count < *head)
        return false;
    if (*length == 126) {
        *length = (size_t)bytes[2] << 8 | bytes[3];
    } else if (*length == 127) {
        *length = 0;
        for (int i = 0; i < 8; i++)
            *length = *length << 8 | bytes[2 + i];
    }
    return true;
}

// Makes room for the rest of a big frame, so that it comes in few reads.
static uint8_t *make_room(uint8_t *bytes, size_t count, size_t frame) {
    if (frame + READ_SIZE <= worker.receive_capacity)
        return bytes;
    worker.receive_capacity = frame + (1u << 20);
    uint8_t *larger = malloc(worker.receive_capacity);
    memcpy(larger, bytes, count);
    free(worker.receive_buffer);
    return worker.receive_buffer = larger;
}

static void keep_rest(Connection *connection, const uint8_t *rest, size_t count) {
    if (!count) {
        if (connection->carry_capacity)
            drop_carry(connection);
        return;
    }
    if (connection->carry_capacity < count) {
        connection->carry = realloc(connection->carry, count);
        connection->carry_capacity = (uint32_t)count;
    }
    memcpy(connection->carry, rest, count);
    connection->carry_length = (uint32_t)count;
}

static void receive_frames(Connection *connection, uint8_t *bytes, size_t count) {
    size_t offset = 0;
    if (connection->state == HANDSHAKE) {
        offset = read_handshake(connection, bytes, count);
        if (connection->state == CLOSED)
            return;
        if (!offset) {
            keep_rest(connection, bytes, count);
            return;
        }
    }
    size_t head, length;
    while (read_frame_head(bytes + offset, count - offset, &head, &length)) {
        bool masked = bytes[offset + 1] & 128;
        if (masked || length > MAX_FRAME) {
            fprintf(stderr, "wsfan: bad frame\n");
            close_connection(connection);
            return;
        }
        if (count - offset < head + length) {
            bytes = make_room(bytes, count, head + length);
            break;
        }
        receive_frame(connection, bytes[offset], bytes + offset + head, length);
        if (connection->state == CLOSED)
            return;
        offset += head + length;
    }
    keep_rest(connection, bytes + offset, count - offset);
}

static void receive_once(Connection *connection) {
    size_t carried = connection->carry_length;
    if (carried + READ_SIZE > worker.receive_capacity) {
        worker.receive_capacity = carried + (1u << 20);
        worker.receive_buffer = realloc(worker.receive_buffer, worker.receive_capacity);
    }
    if (carried)
        memcpy(worker.receive_buffer, connection->carry, carried);
    ssize_t got = receive_bytes(connection, worker.receive_buffer + carried, worker.receive_capacity - carried);
    if (got <= 0) {
        if (got == 0 || (errno != EAGAIN && errno != EINTR))
            close_connection(connection);
        return;
    }
    connection->carry_length = 0;
    size_t count = carried + (size_t)got;
    if (connection->publisher && options.publish_over_http)
        receive_http_responses(connection, worker.receive_buffer, count);
    else
        receive_frames(connection, worker.receive_buffer, count);
}

void receive(Connection *connection) {
    do
        receive_once(connection);
    while (connection->tls && tls_has_more(connection));
}
