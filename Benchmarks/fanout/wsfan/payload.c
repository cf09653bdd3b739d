// What is sent: payloads that say when and in which order they were published, templates around them, frames.
#include "wsfan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void write_payload_head(char *payload, uint32_t topic, uint32_t sequence, uint64_t time) {
    char head[PAYLOAD_HEAD + 1];
    snprintf(head, sizeof head, PAYLOAD_MARK "%08x%08x%016llx", topic, sequence, (unsigned long long)time);
    memcpy(payload, head, PAYLOAD_HEAD);
}

static const uint8_t hex_digits[256] = {
    ['0'] = 0, ['1'] = 1, ['2'] = 2,  ['3'] = 3,  ['4'] = 4,  ['5'] = 5,  ['6'] = 6,  ['7'] = 7,
    ['8'] = 8, ['9'] = 9, ['a'] = 10, ['b'] = 11, ['c'] = 12, ['d'] = 13, ['e'] = 14, ['f'] = 15,
};

static inline uint64_t read_hex(const uint8_t *digits, int count) {
    uint64_t value = 0;
    for (int i = 0; i < count; i++)
        value = value << 4 | hex_digits[digits[i]];
    return value;
}

void read_payload_head(const uint8_t *payload, uint32_t *topic, uint32_t *sequence, uint64_t *time) {
    *topic = (uint32_t)read_hex(payload + 4, 8);
    *sequence = (uint32_t)read_hex(payload + 12, 8);
    *time = read_hex(payload + 20, 16);
}

size_t expand(char *out, size_t capacity, const char *template, int topic, int index, const char *payload, int length) {
    size_t end = 0;
    for (const char *t = template; *t && end + 64 < capacity; t++) {
        if (*t == '\\' && t[1]) {
            t++;
            if (*t == 'x') {
                char digits[3] = {t[1], t[2], 0};
                out[end++] = (char)strtol(digits, NULL, 16);
                t += 2;
            } else {
                out[end++] = *t == 'r' ? '\r' : *t == 'n' ? '\n' : *t == '0' ? '\0' : *t;
            }
            continue;
        }
        if (*t != '%') {
            out[end++] = *t;
            continue;
        }
        t++;
        int width = 0;
        while (*t >= '0' && *t <= '9')
            width = width * 10 + *t++ - '0';
        switch (*t) {
        case 'd': end += (size_t)snprintf(out + end, 64, "%0*d", width, topic); break;
        case 'i': end += (size_t)snprintf(out + end, 64, "%0*d", width, index); break;
        case 'n': end += (size_t)snprintf(out + end, 64, "%0*d", width, length); break;
        case 'p':
            if (end + (size_t)length + 64 >= capacity)
                length = (int)(capacity - end - 64);
            memcpy(out + end, payload, (size_t)length);
            end += (size_t)length;
            break;
        case '%': out[end++] = '%'; break;
        default: die("bad character after %% in the template, at %s", t);
        }
    }
    return end;
}

size_t write_frame(uint8_t *out, int opcode, const void *payload, size_t length) {
    static uint32_t mask = 0x9e3779b9;
    mask = mask * 1664525u + 1013904223u;
    size_t head;
    out[0] = (uint8_t)(0x80 | opcode);
    if (length < 126) {
        out[1] = (uint8_t)(0x80 | length);
        head = 2;
    } else if (length < 65536) {
        out[1] = 0x80 | 126;
        out[2] = (uint8_t)(length >> 8);
        out[3] = (uint8_t)length;
        head = 4;
    } else {
        out[1] = 0x80 | 127;
        for (int i = 0; i < 8; i++)
            out[2 + i] = (uint8_t)((uint64_t)length >> (56 - 8 * i));
        head = 10;
    }
    memcpy(out + head, &mask, 4);
    const uint8_t *key = out + head, *bytes = payload;
    head += 4;
    for (size_t i = 0; i < length; i++)
        out[head + i] = bytes[i] ^ key[i & 3];
    return head + length;
}
