// What the server's processes and the machine have used so far, from /proc.
#include "wsfan.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MAX_SERVER_PROCESSES = 4096 };

static int server[MAX_SERVER_PROCESSES], server_count;

// --- The server's processes ------------------------------------------------------------------------------------------

static bool is_server(int pid) {
    for (int i = 0; i < server_count; i++)
        if (server[i] == pid)
            return true;
    return false;
}

static void add_process(int pid) {
    if (!is_server(pid) && server_count < MAX_SERVER_PROCESSES)
        server[server_count++] = pid;
}

static int parent_of(const char *pid) {
    char path[64], line[512];
    snprintf(path, sizeof path, "/proc/%.20s/stat", pid);
    FILE *file = fopen(path, "r");
    if (!file)
        return -1;
    int parent = -1;
    if (fgets(line, sizeof line, file)) {
        char *after_name = strrchr(line, ')');
        if (!after_name || sscanf(after_name + 1, " %*c %d", &parent) != 1)
            parent = -1;
    }
    fclose(file);
    return parent;
}

// The processes of --pid and all that descend from them.
static void find_server(void) {
    server_count = 0;
    if (!options.pids)
        return;
    char *list = strdup(options.pids);
    for (char *pid = strtok(list, ", "); pid; pid = strtok(NULL, ", "))
        add_process(atoi(pid));
    free(list);

    static struct { int pid, parent; } all[65536];
    int count = 0;
    DIR *directory = opendir("/proc");
    for (struct dirent *entry; directory && (entry = readdir(directory)) && count < 65536;) {
        if (!isdigit((unsigned char)entry->d_name[0]))
            continue;
        all[count].pid = atoi(entry->d_name);
        all[count++].parent = parent_of(entry->d_name);
    }
    if (directory)
        closedir(directory);
    for (int before = -1; before != server_count;) {
        before = server_count;
        for (int i = 0; i < count; i++)
            if (is_server(all[i].parent))
                add_process(all[i].pid);
    }
}

// --- One process -----------------------------------------------------------------------------------------------------

static void add_cpu(Sample *sample, int pid) {
    char path[64], line[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *file = fopen(path, "r");
    if (!file)
        return;
    double hertz = (double)sysconf(_SC_CLK_TCK);
    if (fgets(line, sizeof line, file)) {
        char *after_name = strrchr(line, ')');
        unsigned long user, system;
        long threads;
        static const char format[] = " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %*d %*d %*d %*d %ld";
        if (after_name && sscanf(after_name + 1, format, &user, &system, &threads) == 3) {
            sample->user += (double)user / hertz;
            sample->system += (double)system / hertz;
            sample->threads += (int)threads;
            sample->processes++;
        }
    }
    fclose(file);
}

// The process's own clock: to the nanosecond, with the threads that have ended.
static void add_run_time(Sample *sample, int pid) {
    clockid_t clock;
    struct timespec time;
    if (!clock_getcpuclockid(pid, &clock) && !clock_gettime(clock, &time))
        sample->run += (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void add_rss(Sample *sample, int pid) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/statm", pid);
    FILE *file = fopen(path, "r");
    if (!file)
        return;
    unsigned long pages;
    if (fscanf(file, "%*u %lu", &pages) == 1)
        sample->rss += (double)pages * (double)sysconf(_SC_PAGESIZE);
    fclose(file);
}

// --- Files of "Name: number kB" --------------------------------------------------------------------------------------

typedef struct {
    const char *name;
    double *bytes; // is added to
} Field;

static void add_fields(const char *path, const Field *fields, int count) {
    char line[1024];
    FILE *file = fopen(path, "r");
    if (!file)
        return;
    while (fgets(line, sizeof line, file))
        for (int i = 0; i < count; i++) {
            size_t length = strlen(fields[i].name);
            if (!strncmp(line, fields[i].name, length) && line[length] == ':')
                *fields[i].bytes += strtod(line + length + 1, NULL) * 1024;
        }
    fclose(file);
}

static void add_exact_memory(Sample *sample, int pid) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/smaps_rollup", pid);
    Field fields[] = {{"Rss", &sample->rss}, {"Pss", &sample->pss}};
    add_fields(path, fields, 2);
}

static double tcp_memory(void) {
    char line[256];
    double bytes = 0;
    FILE *file = fopen("/proc/net/sockstat", "r");
    while (file && fgets(line, sizeof line, file)) {
        char *pages = strstr(line, "mem ");
        if (!strncmp(line, "TCP:", 4) && pages)
            bytes = atof(pages + 4) * (double)sysconf(_SC_PAGESIZE);
    }
    if (file)
        fclose(file);
    return bytes;
}

static void add_machine_memory(Sample *sample) {
    Field fields[] = {
        {"MemFree", &sample->memory_free},
        {"MemAvailable", &sample->memory_available},
        {"Slab", &sample->kernel_slab},
    };
    add_fields("/proc/meminfo", fields, 3);
    sample->tcp_memory = tcp_memory();
}

static void add_machine_cpu(Sample *sample) {
    FILE *file = fopen("/proc/stat", "r");
    if (!file)
        return;
    double user, nice, system, irq, softirq, hertz = (double)sysconf(_SC_CLK_TCK);
    if (fscanf(file, "cpu %lf %lf %lf %*f %*f %lf %lf", &user, &nice, &system, &irq, &softirq) == 5) {
        sample->busy = (user + nice + system + irq + softirq) / hertz;
        sample->softirq = (irq + softirq) / hertz;
    }
    fclose(file);
}

// ---------------------------------------------------------------------------------------------------------------------

static uint64_t read_count(void) {
    static const _Atomic uint64_t *count;
    if (!options.count_file)
        return 0;
    if (!count) {
        int fd = open(options.count_file, O_RDONLY | O_CLOEXEC);
        void *memory = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof *count, PROT_READ, MAP_SHARED, fd, 0);
        if (memory == MAP_FAILED)
            die("cannot read --count-file %s", options.count_file);
        close(fd);
        count = memory;
    }
    return *count;
}

int count_descriptors(void) {
    int count = 0;
    for (int i = 0; i < server_count; i++) {
        char path[64];
        snprintf(path, sizeof path, "/proc/%d/fd", server[i]);
        DIR *directory = opendir(path);
        while (directory && readdir(directory))
            count++;
        if (directory)
            closedir(directory);
    }
    return count;
}

void take_sample(Sample *sample, SampleDepth depth) {
    *sample = (Sample){0};
    find_server();
    for (int i = 0; i < server_count; i++) {
        add_cpu(sample, server[i]);
        add_run_time(sample, server[i]);
        if (depth == SAMPLE_RSS)
            add_rss(sample, server[i]);
        if (depth == SAMPLE_MEMORY)
            add_exact_memory(sample, server[i]);
    }
    if (depth == SAMPLE_MEMORY)
        add_machine_memory(sample);
    add_machine_cpu(sample);
    sample->count = read_count();
    sample->time = nanoseconds();
}
