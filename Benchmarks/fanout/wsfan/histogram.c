#include "histogram.h"

static double middle_of(int bucket) {
    if (bucket < 64)
        return bucket;
    int exponent = bucket / 64 + 5;
    double width = (double)(1ull << (exponent - 6));
    return (double)((64ull + (uint64_t)(bucket % 64)) << (exponent - 6)) + width / 2;
}

double histogram_percentile(const Histogram *histogram, double fraction) {
    uint64_t total = 0;
    for (int i = 0; i < HISTOGRAM_BUCKETS; i++)
        total += histogram->counts[i];
    if (!total)
        return 0;
    uint64_t rank = (uint64_t)(fraction * (double)total + 0.999999);
    if (rank < 1)
        rank = 1;
    if (rank > total)
        rank = total;
    uint64_t seen = 0;
    for (int i = 0; i < HISTOGRAM_BUCKETS; i++) {
        seen += histogram->counts[i];
        if (seen >= rank) {
            double value = middle_of(i);
            return value > (double)histogram->max ? (double)histogram->max : value;
        }
    }
    return (double)histogram->max;
}

void histogram_merge(Histogram *into, const Histogram *from) {
    for (int i = 0; i < HISTOGRAM_BUCKETS; i++)
        into->counts[i] += from->counts[i];
    if (from->max > into->max)
        into->max = from->max;
}
