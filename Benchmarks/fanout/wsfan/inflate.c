// permessage-deflate without context takeover (RFC 7692): the server's messages are inflated. Who follows a topic
// receives the same bytes as the others, so what came lately is remembered and not inflated for each of them.
#include "wsfan.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { REMEMBERED = 128 };

typedef struct {
    uint8_t *bytes;
    size_t length, capacity;
} Bytes;

static void reserve(Bytes *bytes, size_t capacity) {
    if (bytes->capacity >= capacity)
        return;
    bytes->capacity = capacity * 2;
    bytes->bytes = realloc(bytes->bytes, bytes->capacity);
}

static void set(Bytes *bytes, const uint8_t *from, size_t count) {
    reserve(bytes, count);
    memcpy(bytes->bytes, from, count);
    bytes->length = count;
}

// All of `compressed` into `message`; false when it is none.
static bool inflate_all(const Bytes *compressed, Bytes *message) {
    static z_stream stream;
    static bool is_ready;
    if (!is_ready && inflateInit2(&stream, -15) != Z_OK)
        die("zlib gives no stream");
    is_ready = true;
    inflateReset(&stream);
    static uint8_t end[] = {0, 0, 0xff, 0xff};
    Bytes pieces[] = {*compressed, {.bytes = end, .length = sizeof end}};
    message->length = 0;
    for (int i = 0; i < 2; i++) {
        stream.next_in = pieces[i].bytes;
        stream.avail_in = (uInt)pieces[i].length;
        while (stream.avail_in || message->length == message->capacity) {
            reserve(message, message->length + 4096);
            stream.next_out = message->bytes + message->length;
            stream.avail_out = (uInt)(message->capacity - message->length);
            int status = inflate(&stream, Z_SYNC_FLUSH);
            message->length = message->capacity - stream.avail_out;
            if (status == Z_BUF_ERROR && stream.avail_out)
                break; // nothing is left to come
            if (status != Z_OK && status != Z_BUF_ERROR)
                return false;
        }
    }
    return true;
}

const uint8_t *inflate_message(const uint8_t *bytes, size_t count, size_t *length) {
    static struct { Bytes compressed, message; } remembered[REMEMBERED];
    static uint64_t hashes[REMEMBERED];
    static int usual, oldest; // the next message most likely stands behind the last one
    uint64_t hash = count;
    for (size_t i = 0; i < count && i < 64; i++)
        hash = (hash ^ bytes[i]) * 1099511628211u;
    for (int i = 0; i < REMEMBERED; i++) {
        int place = (usual + i) % REMEMBERED;
        Bytes *compressed = &remembered[place].compressed;
        if (hashes[place] != hash || compressed->length != count || memcmp(compressed->bytes, bytes, count))
            continue;
        usual = (place + 1) % REMEMBERED;
        *length = remembered[place].message.length;
        return remembered[place].message.bytes;
    }
    int place = oldest;
    oldest = usual = (oldest + 1) % REMEMBERED;
    worker.counts->inflated++;
    hashes[place] = hash;
    set(&remembered[place].compressed, bytes, count);
    if (!inflate_all(&remembered[place].compressed, &remembered[place].message)) {
        remembered[place].compressed.length = 0;
        return NULL;
    }
    *length = remembered[place].message.length;
    return remembered[place].message.bytes;
}
