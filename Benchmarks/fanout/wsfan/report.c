// The report: one JSON object. Times are in the units that the keys name, CPU figures are the server's unless said.
#include "wsfan.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double per(double amount, double count) {
    return count > 0 ? amount / count : 0;
}

static double milliseconds(const Histogram *histogram, double fraction) {
    return histogram_percentile(histogram, fraction) / 1e6;
}

static double max_milliseconds(const Histogram *histogram) {
    return (double)histogram->max / 1e6;
}

static void print_setting(const Result *result) {
    bool ok = !result->failed && !shared->publish_errors;
    bool closed_loop = options.rate <= 0 && !options.burst;
    printf(
        "{\"label\":\"%s\",\"mode\":\"%s\",\"ok\":%s,\"connections\":%llu,\"asked\":%d,\"topics\":%d,\"size\":%d,"
        "\"rate\":%g,\"window\":%d,\"burst\":%d,\"procs\":%d",
        options.label, options.mode_name, ok ? "true" : "false", (unsigned long long)result->connected,
        options.connections, options.topics, options.size, options.rate, closed_loop ? options.window : 0,
        options.burst, options.processes);
}

static void print_connecting(const Result *result) {
    double cpu = result->connected_all.run - result->connecting.run;
    printf(
        ",\n \"connect\":{\"secs\":%.4f,\"per_s\":%.0f,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f,"
        "\"failed_tries\":%llu,\"refused\":%llu,\"server_cpu_us_per_conn\":%.2f}",
        result->connect_seconds, per((double)result->connected, result->connect_seconds),
        milliseconds(&result->connect_time, .5), milliseconds(&result->connect_time, .99),
        max_milliseconds(&result->connect_time), (unsigned long long)SUM_OVER_WORKERS(failed_tries),
        (unsigned long long)SUM_OVER_WORKERS(refused), per(cpu * 1e6, (double)result->connected));
}

static int by_size(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static void print_storm(Result *result) {
    printf(",\n \"storm\":{\"secs\":[");
    for (int i = 0; i < result->rounds; i++)
        printf("%s%.3f", i ? "," : "", result->round_seconds[i]);
    qsort(result->round_seconds, (size_t)result->rounds, sizeof(double), by_size);
    double median = result->rounds ? result->round_seconds[result->rounds / 2] : 0;
    double connections = (double)options.connections * result->rounds;
    printf(
        "],\"median_s\":%.3f,\"per_s\":%.0f,\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"max_ms\":%.2f,"
        "\"server_cpu_us_per_conn\":%.2f}",
        median, per(options.connections, median), milliseconds(&result->latency, .5),
        milliseconds(&result->latency, .99), max_milliseconds(&result->latency),
        per(result->storm_cpu * 1e6, connections));
}

static void print_joining(const Result *result) {
    printf(",\n \"joining\":{\"n\":%d,\"secs\":%.3f,\"per_s\":%.0f,\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"max_ms\":%.2f}",
           options.joiners, result->join_seconds, per(options.joiners, result->join_seconds),
           milliseconds(&result->join_time, .5), milliseconds(&result->join_time, .99),
           max_milliseconds(&result->join_time));
}

static void print_deliveries(const Result *result) {
    double seconds = (double)result->measured_ns / 1e9;
    double deliveries = (double)(result->delivered[1] - result->delivered[0]);
    double frames = (double)(result->frames[1] - result->frames[0]);
    uint64_t published = result->published[1] - result->published[0];
    printf(
        ",\n \"published\":%llu,\"pub_per_s\":%.1f,\"deliveries\":%.0f,\"deliveries_per_s\":%.0f,"
        "\"frames_per_delivery\":%.3f,\"secs\":%.3f,\"lost\":%llu,\"out_of_order\":%llu,\"gaps\":%llu,"
        "\"closed_by_server\":%llu,\"pub_errors\":%llu,\"stalls\":%llu",
        (unsigned long long)published, (double)published / options.seconds, deliveries, per(deliveries, seconds),
        per(frames, deliveries), seconds, (unsigned long long)SUM_OVER_WORKERS(lost),
        (unsigned long long)SUM_OVER_WORKERS(out_of_order), (unsigned long long)SUM_OVER_WORKERS(gaps),
        (unsigned long long)SUM_OVER_WORKERS(closed), (unsigned long long)shared->publish_errors,
        (unsigned long long)shared->stalls);
    if (options.deflate)
        printf(",\n \"deflate\":{\"compressed_frames\":%llu,\"inflated\":%llu,\"inflated_per_message\":%.3f}",
               (unsigned long long)SUM_OVER_WORKERS(compressed), (unsigned long long)SUM_OVER_WORKERS(inflated),
               per((double)SUM_OVER_WORKERS(inflated), (double)shared->published));
    if (options.joiners)
        print_joining(result);
    const Histogram *latency = &result->latency;
    printf(",\n \"latency_ms\":{\"p50\":%.3f,\"p90\":%.3f,\"p99\":%.3f,\"p999\":%.3f,\"max\":%.3f}",
           milliseconds(latency, .5), milliseconds(latency, .9), milliseconds(latency, .99),
           milliseconds(latency, .999), max_milliseconds(latency));
    if (options.rate > 0)
        printf(",\"pub_late_ms\":{\"p50\":%.3f,\"p99\":%.3f,\"max\":%.3f}", milliseconds(&shared->late, .5),
               milliseconds(&shared->late, .99), max_milliseconds(&shared->late));
    if (options.burst)
        printf(",\"burst_ms\":{\"n\":%llu,\"p50\":%.3f,\"p99\":%.3f,\"max\":%.3f}", (unsigned long long)shared->bursts,
               milliseconds(&shared->burst_time, .5), milliseconds(&shared->burst_time, .99),
               max_milliseconds(&shared->burst_time));
}

static void print_cpu(const Result *result) {
    const Sample *start = &result->measure_start, *end = &result->end;
    double deliveries = (double)(result->delivered[1] - result->delivered[0]);
    double seconds = (double)(end->time - start->time) / 1e9;
    double user = end->user - start->user, system = end->system - start->system, run = end->run - start->run;
    double generator = result->generator_cpu[1] - result->generator_cpu[0];
    if (deliveries <= 0)
        return;
    if (options.pids)
        printf(",\n \"server_cpu\":{\"us_per_delivery\":%.3f,\"user_us\":%.3f,\"sys_us\":%.3f,\"cores\":%.3f}",
               run * 1e6 / deliveries, user * 1e6 / deliveries, system * 1e6 / deliveries, per(run, seconds));
    printf(
        ",\n \"generator\":{\"cores\":%.3f,\"us_per_delivery\":%.3f},\"machine\":{\"busy_cores\":%.3f,"
        "\"softirq_cores\":%.3f}",
        per(generator, seconds), generator * 1e6 / deliveries, per(end->busy - start->busy, seconds),
        per(end->softirq - start->softirq, seconds));
}

// Since they have stopped reading; -1 for never.
static double seconds_stalled(uint64_t time) {
    return time ? (double)(time - shared->stalled_at) / 1e9 : -1;
}

static void print_slow(const Result *result) {
    double slow = (double)shared->stalled, before = result->settled.rss;
    uint64_t full = 0;
    for (int i = 0; i < options.processes; i++)
        if (shared->workers[i].unread_since > full)
            full = shared->workers[i].unread_since;
    printf(
        ",\n \"slow\":{\"pct\":%g,\"stalled\":%.0f,\"closed_by_server\":%d,\"heard_of_it\":%llu,"
        "\"rss_before\":%.0f,\"rss_peak\":%.0f,\"rss_stalled\":%.0f,\"rss_end\":%.0f,\"growth_per_slow_conn\":%.0f,"
        "\"growth_stalled_per_slow_conn\":%.0f,"
        "\"growth_end_per_slow_conn\":%.0f,\"tcp_mem_growth\":%.0f,\"unread_per_slow_conn\":%.0f,"
        "\"unread_full_after_s\":%.1f,\"first_closed_after_s\":%.1f,\"last_closed_after_s\":%.1f}",
        options.slow_percent, slow, result->slow_closed, (unsigned long long)SUM_OVER_WORKERS(slow_closed), before,
        result->rss_peak, result->rss_stalled, result->end.rss, per(result->rss_peak - before, slow),
        per(result->rss_stalled - before, slow), per(result->end.rss - before, slow),
        result->end.tcp_memory - result->settled.tcp_memory, per((double)SUM_OVER_WORKERS(unread), slow),
        seconds_stalled(full), seconds_stalled(result->first_slow_closed), seconds_stalled(result->last_slow_closed));
}

static void print_memory(const Result *result) {
    const Sample *start = &result->start, *settled = &result->settled, *end = &result->end;
    double connections = result->connected ? (double)result->connected : 1;
    printf(
        ",\n \"memory\":{\"server_rss0\":%.0f,\"server_rss1\":%.0f,\"server_rss_end\":%.0f,\"server_rss_peak\":%.0f,"
        "\"server_pss1\":%.0f,\"rss_per_conn\":%.0f,\"pss_per_conn\":%.0f,\"rss_per_conn_end\":%.0f,"
        "\"kernel_slab_per_conn_both_ends\":%.0f,\"memfree_drop_per_conn\":%.0f,\"memavail_drop_per_conn\":%.0f,"
        "\"tcp_mem\":%.0f,\"server_procs\":%d,\"server_threads\":%d}",
        start->rss, settled->rss, end->rss, result->rss_peak, settled->pss, (settled->rss - start->rss) / connections,
        (settled->pss - start->pss) / connections, (end->rss - start->rss) / connections,
        (settled->kernel_slab - start->kernel_slab) / connections,
        (start->memory_free - settled->memory_free) / connections,
        (start->memory_available - settled->memory_available) / connections, settled->tcp_memory, settled->processes,
        settled->threads);
}

static void print_count(const Result *result) {
    printf(",\n \"count\":{\"start\":%llu,\"settled\":%llu,\"measure_start\":%llu,\"end\":%llu}",
           (unsigned long long)result->start.count, (unsigned long long)result->settled.count,
           (unsigned long long)result->measure_start.count, (unsigned long long)result->end.count);
}

void print_report(Result *result) {
    double generator = 0;
    for (int i = 0; i < options.processes; i++)
        generator += shared->workers[i].cpu_seconds;
    print_setting(result);
    print_connecting(result);
    if (options.mode == MODE_STORM)
        print_storm(result);
    if (options.mode != MODE_STORM && options.mode != MODE_IDLE) {
        print_deliveries(result);
        print_cpu(result);
    }
    if (options.mode == MODE_SLOW)
        print_slow(result);
    print_memory(result);
    if (options.count_file)
        print_count(result);
    printf(",\n \"generator_cpu_s\":%.2f}\n", generator);
}
