#include "wsfan.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

Options options = {
    .host = "127.0.0.1",
    .port = 8000,
    .path = "/ws",
    .connections = 1000,
    .topics = 1,
    .follows = 1,
    .message = "%p",
    .publishers = 1,
    .pipeline = 1,
    .size = 128,
    .window = 16,
    .gap_ms = 50,
    .mode = MODE_FANOUT,
    .mode_name = "fanout",
    .rounds = 1,
    .warmup = 1,
    .seconds = 5,
    .settle = 1,
    .drain = 3,
    .hold = 3,
    .slow_percent = 10,
    .label = "",
    .connecting_at_once = 256,
    .cpu = -1,
};

static const char usage[] =
    "usage: wsfan [option]...   (loopback only; a JSON report on standard output)\n"
    " server      --host 127.0.0.1 --port P --path T --header 'H: v' --subproto P --tls --deflate\n"
    " subscribers -n CONNECTIONS --topics K --follows F (subscriber i is on the topics i%K, (i+1)%K, … (i+F-1)%K)\n"
    "             --sub T.. --sub-binary --sub-ack TEXT --auto-reply IN=OUT\n"
    "             --joiners N (connect all at once to topic K, which is silent; it is measured until all are up)\n"
    " publishers  --pub ws|http --pub-path T --pub-port P --pub-init T.. --pub-msg T --pub-binary --pub-header 'H: v'\n"
    "             --pub-conns C --pipeline REQUESTS --order rand|rr\n"
    " load        --size BYTES --fill x|hex, and one of: --window W (closed loop, messages in flight),\n"
    "             --rate R (messages/s) [--max-outstanding M], --burst B --gap-ms G\n"
    " mode        --mode fanout|echo-broadcast|idle|storm|slow  --rounds R (storm)  --slow-pct X (slow)  --hold S "
    "(idle)\n"
    " time        --settle S --warmup S --secs S --drain S\n"
    " machine     --pid P[,P].. (the server, with its children)  --procs P (default: as many as the limit of open "
    "files\n"
    "             asks)  --inflight C  --src-ips N  --cpu K  --rcvbuf BYTES  --rst  --label TEXT\n"
    "             --stalled-rcvbuf BYTES (of those that stop reading)\n"
    "             --ready-file PATH (made when all are connected)\n"
    "             --count-file PATH (its first 8 bytes are a running count, which the report has at four moments)\n"
    "             --spin (poll without sleeping, so that no send pays for waking us)\n"
    " templates   %d topic, %04d padded, %i connection, %n payload length, %p payload, \\xHH \\r \\n, %%\n";

enum {
    OPTION_FIRST = 1000,
    HOST,
    PORT,
    PATH,
    TOPICS,
    FOLLOWS,
    JOINERS,
    SUB,
    SUB_BINARY,
    SUB_ACK,
    SUBPROTO,
    TLS,
    DEFLATE,
    HEADER,
    MODE,
    PUB,
    PUB_PATH,
    PUB_PORT,
    PUB_INIT,
    PUB_MSG,
    PUB_BINARY,
    PUB_HEADER,
    PUB_CONNS,
    SIZE,
    FILL,
    RATE,
    WINDOW,
    BURST,
    GAP_MS,
    SECS,
    WARMUP,
    SETTLE,
    DRAIN,
    HOLD,
    INFLIGHT,
    PROCS,
    SRC_IPS,
    SLOW_PCT,
    ROUNDS,
    PID,
    AUTO_REPLY,
    CPU,
    LABEL,
    MAX_OUTSTANDING,
    ORDER,
    RCVBUF,
    STALLED_RCVBUF,
    PIPELINE,
    RST,
    READY_FILE,
    COUNT_FILE,
    SPIN,
};

static const struct option known[] = {
    {"host", 1, 0, HOST},
    {"port", 1, 0, PORT},
    {"path", 1, 0, PATH},
    {"header", 1, 0, HEADER},
    {"subproto", 1, 0, SUBPROTO},
    {"tls", 0, 0, TLS},
    {"deflate", 0, 0, DEFLATE},
    {"conns", 1, 0, 'n'},
    {"topics", 1, 0, TOPICS},
    {"follows", 1, 0, FOLLOWS},
    {"joiners", 1, 0, JOINERS},
    {"sub", 1, 0, SUB},
    {"sub-binary", 0, 0, SUB_BINARY},
    {"sub-ack", 1, 0, SUB_ACK},
    {"auto-reply", 1, 0, AUTO_REPLY},
    {"pub", 1, 0, PUB},
    {"pub-path", 1, 0, PUB_PATH},
    {"pub-port", 1, 0, PUB_PORT},
    {"pub-init", 1, 0, PUB_INIT},
    {"pub-msg", 1, 0, PUB_MSG},
    {"pub-binary", 0, 0, PUB_BINARY},
    {"pub-header", 1, 0, PUB_HEADER},
    {"pub-conns", 1, 0, PUB_CONNS},
    {"pipeline", 1, 0, PIPELINE},
    {"order", 1, 0, ORDER},
    {"size", 1, 0, SIZE},
    {"fill", 1, 0, FILL},
    {"rate", 1, 0, RATE},
    {"window", 1, 0, WINDOW},
    {"burst", 1, 0, BURST},
    {"gap-ms", 1, 0, GAP_MS},
    {"max-outstanding", 1, 0, MAX_OUTSTANDING},
    {"mode", 1, 0, MODE},
    {"rounds", 1, 0, ROUNDS},
    {"slow-pct", 1, 0, SLOW_PCT},
    {"hold", 1, 0, HOLD},
    {"settle", 1, 0, SETTLE},
    {"warmup", 1, 0, WARMUP},
    {"secs", 1, 0, SECS},
    {"drain", 1, 0, DRAIN},
    {"pid", 1, 0, PID},
    {"procs", 1, 0, PROCS},
    {"inflight", 1, 0, INFLIGHT},
    {"src-ips", 1, 0, SRC_IPS},
    {"cpu", 1, 0, CPU},
    {"rcvbuf", 1, 0, RCVBUF},
    {"stalled-rcvbuf", 1, 0, STALLED_RCVBUF},
    {"rst", 0, 0, RST},
    {"label", 1, 0, LABEL},
    {"ready-file", 1, 0, READY_FILE},
    {"count-file", 1, 0, COUNT_FILE},
    {"spin", 0, 0, SPIN},
    {"help", 0, 0, 'h'},
    {0},
};

void die(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "wsfan: ");
    vfprintf(stderr, format, arguments);
    fprintf(stderr, "\n");
    exit(2);
}

static void add(Templates *templates, const char *item) {
    if (templates->count == MAX_TEMPLATES)
        die("more than %d of one kind: %s", MAX_TEMPLATES, item);
    templates->items[templates->count++] = item;
}

static Mode mode_named(const char *name) {
    static const char *const names[] = {"fanout", "echo-broadcast", "idle", "storm", "slow"};
    for (int i = 0; i < 5; i++)
        if (!strcmp(name, names[i]))
            return (Mode)i;
    die("unknown mode %s", name);
}

static const char *expanded(const char *template) {
    char *text = calloc(1, 512);
    expand(text, 500, template, 0, 0, "", 0);
    return text;
}

static void set(int option, char *value) {
    switch (option) {
    case HOST: options.host = value; break;
    case PORT: options.port = atoi(value); break;
    case PATH: options.path = value; break;
    case HEADER: add(&options.headers, value); break;
    case SUBPROTO: options.subprotocol = value; break;
    case TLS: options.tls = true; break;
    case DEFLATE: options.deflate = true; break;
    case 'n': options.connections = atoi(value); break;
    case TOPICS: options.topics = atoi(value); break;
    case FOLLOWS: options.follows = atoi(value); break;
    case JOINERS: options.joiners = atoi(value); break;
    case SUB: add(&options.first_messages, value); break;
    case SUB_BINARY: options.first_messages_are_binary = true; break;
    case SUB_ACK: options.acknowledgement = expanded(value); break;
    case AUTO_REPLY: {
        char *separator = strchr(value, '=');
        if (!separator)
            die("--auto-reply wants IN=OUT: %s", value);
        options.reply_to = strndup(value, (size_t)(separator - value));
        options.reply_with = separator + 1;
        break;
    }
    case PUB: options.publish_over_http = !strcmp(value, "http"); break;
    case PUB_PATH: options.publish_path = value; break;
    case PUB_PORT: options.publish_port = atoi(value); break;
    case PUB_INIT: add(&options.publisher_first_messages, value); break;
    case PUB_MSG: options.message = value; break;
    case PUB_BINARY: options.message_is_binary = true; break;
    case PUB_HEADER: add(&options.publish_headers, value); break;
    case PUB_CONNS: options.publishers = atoi(value); break;
    case PIPELINE: options.pipeline = atoi(value); break;
    case ORDER: options.topics_in_turn = !strcmp(value, "rr"); break;
    case SIZE: options.size = atoi(value); break;
    case FILL: options.fill_is_hex = !strcmp(value, "hex"); break;
    case RATE: options.rate = atof(value); break;
    case WINDOW: options.window = atoi(value); break;
    case BURST: options.burst = atoi(value); break;
    case GAP_MS: options.gap_ms = atoi(value); break;
    case MAX_OUTSTANDING: options.max_outstanding = strtoull(value, NULL, 10); break;
    case MODE:
        options.mode = mode_named(value);
        options.mode_name = value;
        break;
    case ROUNDS: options.rounds = atoi(value); break;
    case SLOW_PCT: options.slow_percent = atof(value); break;
    case HOLD: options.hold = atof(value); break;
    case SETTLE: options.settle = atof(value); break;
    case WARMUP: options.warmup = atof(value); break;
    case SECS: options.seconds = atof(value); break;
    case DRAIN: options.drain = atof(value); break;
    case PID: options.pids = value; break;
    case PROCS: options.processes = atoi(value); break;
    case INFLIGHT: options.connecting_at_once = atoi(value); break;
    case SRC_IPS: options.source_addresses = atoi(value); break;
    case CPU: options.cpu = atoi(value); break;
    case RCVBUF: options.receive_buffer = atoi(value); break;
    case STALLED_RCVBUF: options.stalled_receive_buffer = atoi(value); break;
    case RST: options.reset_on_close = true; break;
    case LABEL: options.label = value; break;
    case READY_FILE: options.ready_file = value; break;
    case COUNT_FILE: options.count_file = value; break;
    case SPIN: options.spin = true; break;
    default: fputs(usage, stderr); exit(2);
    }
}

// As many processes as the limit of open files asks for.
static void choose_processes(void) {
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    int per_process = limit.rlim_max > 1u << 30 ? 1 << 30 : (int)limit.rlim_max - 200;
    if (!options.processes)
        options.processes = (options.connections + per_process - 1) / per_process;
    if (options.processes < 1)
        options.processes = 1;
    if (options.connections / options.processes > per_process)
        die("%d connections need --procs %d with this limit of open files (%ld)", options.connections,
            (options.connections + per_process - 1) / per_process, (long)limit.rlim_max);
    if (options.joiners > per_process)
        die("at most %d --joiners with this limit of open files", per_process);
    if (options.joiners)
        options.processes++;
}

// As many source addresses as the range of local ports asks for: a port stays unusable for a while after its
// connection, which a storm feels.
static void choose_source_addresses(void) {
    if (options.source_addresses)
        return;
    int low = 32768, high = 60999;
    FILE *range = fopen("/proc/sys/net/ipv4/ip_local_port_range", "r");
    if (range) {
        if (fscanf(range, "%d %d", &low, &high) != 2)
            low = 32768, high = 60999;
        fclose(range);
    }
    int64_t connections = (int64_t)options.connections * (options.mode == MODE_STORM ? options.rounds + 1 : 1);
    connections += options.joiners;
    options.source_addresses = (int)(connections / ((high - low) / 4)) + 1;
}

void parse_options(int count, char **arguments) {
    int option;
    while ((option = getopt_long(count, arguments, "n:h", known, NULL)) != -1)
        set(option, optarg);
    if (strncmp(options.host, "127.", 4))
        die("only loopback targets: %s", options.host);
    if (options.size < PAYLOAD_HEAD)
        options.size = PAYLOAD_HEAD;
    if (options.publishers > MAX_PUBLISHERS)
        options.publishers = MAX_PUBLISHERS;
    if (options.topics < 1)
        options.topics = 1;
    if (options.follows < 1 || options.follows > options.topics)
        die("a subscriber follows at least one topic and at most all");
    if (options.joiners && options.mode != MODE_FANOUT)
        die("--joiners is for --mode fanout");
    if (options.rounds > 63)
        options.rounds = 63;
    choose_processes();
    choose_source_addresses();
    if (options.mode == MODE_STORM && options.connecting_at_once == 256)
        options.connecting_at_once = options.connections;
}
