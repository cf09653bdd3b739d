// A log-linear histogram of durations in ns: 64 buckets per octave, so that a percentile is right to 1.6 %.
#pragma once
#include <stdint.h>

enum { HISTOGRAM_BUCKETS = 2048 };

typedef struct {
    uint64_t counts[HISTOGRAM_BUCKETS];
    uint64_t max;
} Histogram;

void histogram_merge(Histogram *into, const Histogram *from);
double histogram_percentile(const Histogram *histogram, double fraction);

static inline void histogram_add(Histogram *histogram, uint64_t value) {
    int bucket;
    if (value < 64) {
        bucket = (int)value;
    } else {
        int exponent = 63 - __builtin_clzll(value);
        bucket = (exponent - 5) * 64 + (int)((value >> (exponent - 6)) & 63);
        if (bucket >= HISTOGRAM_BUCKETS)
            bucket = HISTOGRAM_BUCKETS - 1;
    }
    histogram->counts[bucket]++;
    if (value > histogram->max)
        histogram->max = value;
}
