import Chorus
import ChorusCore
import Logging
import NIOCore
import WebSocketWire

extension Settings {
    /// Every setting, in the order of the documentation; those of ``namespaces`` are ``TopicSettings/table``.
    static let table: [Setting<Settings>] =
        [listening, access, tokenKeys, centrifugeProtocol, allTopics, bounds, rest].flatMap { $0 }

    private static let allTopics = TopicSettings.table.map { $0.within("topics", \Settings.topics) }

    private static let listening: [Setting<Settings>] = [
        Setting(
            "listen.host",
            \.listen.host,
            .text("an address", where: { !$0.isEmpty }),
            flag: "--host",
            isLive: false,
            "The address to listen on; 0.0.0.0 or :: for all."
        ),
        Setting(
            "listen.port",
            \.listen.port,
            .count(from: 0, to: 65_535),
            flag: "--port",
            isLive: false,
            "The port to listen on; 0 lets the system choose."
        ),
        Setting(
            "listen.unix_socket",
            \.listen.unixSocket,
            .optional(.text("a path", where: { !$0.isEmpty })),
            flag: "--unix",
            isLive: false,
            "Listen on a Unix socket in place of host and port."
        ),
        Setting(
            "listen.event_loops",
            \.listen.eventLoops,
            .optional(.count(to: 1024)),
            flag: "--event-loops",
            isLive: false,
            "How many event loops serve connections. Without: one per processor core."
        ),
        Setting(
            "tls.certificate",
            \.listen.certificate,
            .optional(.text("the path of a file", where: { !$0.isEmpty })),
            flag: "--certificate",
            isLive: false,
            "The certificate chain in PEM form; turns TLS on. Read again on SIGHUP."
        ),
        Setting(
            "tls.key",
            \.listen.key,
            .optional(.text("the path of a file", where: { !$0.isEmpty })),
            flag: "--key",
            isLive: false,
            "The certificate's private key in PEM form."
        ),
    ]

    private static let access: [Setting<Settings>] = [
        Setting(
            "origins",
            \.listen.origins,
            .texts(
                "a list of origins such as https://example.com or https://*.example.com",
                where: { $0 == "*" || OriginPolicy.isPattern($0) }
            ),
            flag: "--origin",
            """
            Let pages of this origin connect, such as https://example.com or https://*.example.com; * for \
            all. Pages of the server's own origin always may, on loopback only under a name of this machine.
            """
        ),
        Setting(
            "trusted_proxies",
            \.listen.trustedProxies,
            .texts("a list of addresses or networks such as 10.0.0.0/8", where: { (try? TrustedProxy($0)) != nil }),
            flag: "--trusted-proxy",
            "Believe X-Forwarded-For of this address or network, such as 10.0.0.0/8."
        ),
        Setting("api.enabled", \.api.isOn, .flag, flag: "--api", isLive: false, "Offer the HTTP API under /api."),
        Setting(
            "api.key",
            \.api.key,
            .optional(.text("a key", where: { !$0.isEmpty })),
            isSecret: true,
            "A key for the HTTP API. Without any it is for this machine alone, and only if no other can connect."
        ),
        Setting(
            "api.key_file",
            \.api.keyFile,
            .optional(.text("the path of a file", where: { !$0.isEmpty })),
            flag: "--api-key-file",
            """
            A file with keys for the HTTP API, one a line, besides api.key (CHORUS_API_KEY). Without any key it is \
            for this machine alone, and only if no other can connect. Read again on SIGHUP.
            """
        ),
        Setting(
            "api.max_request_size",
            \.api.requestSize,
            .bytes(),
            flag: "--max-request-size",
            isLive: false,
            "The largest body of a request to the HTTP API in bytes; larger ones get 413."
        ),
        Setting(
            "api.max_list_length",
            \.api.listLength,
            .count(),
            flag: "--max-list-length",
            isLive: false,
            "The most topics of a broadcast, and the most commands of a batch."
        ),
        Setting(
            "api.error_mode",
            \.api.errorMode,
            .choice(["body": .body, "transport": .transport]),
            isLive: false,
            "How errors are told: in the body with status 200, or by the HTTP status (X-Centrifugo-Error-Mode)."
        ),
    ]
}
