package import JSONWire

/// A configuration of Centrifugo 6 in Chorus's terms.
///
/// Keys and defaults are those of Centrifugo's `internal/config` and `internal/configtypes` (6.9).
package struct CentrifugoImport {
    /// What Chorus reads, as JSON.
    package var text: String { document.text }
    /// What is not in it, or not as it was: a sentence each.
    package private(set) var remarks: [String] = []

    var document = SettingsDocument()
    var source: ForeignConfiguration
    /// Everybody may do everything.
    let isInsecure: Bool

    /// Whether it is of a version before 6, in which everything stood side by side.
    package static func isOutdated(_ root: JSONNode) -> Bool {
        ["token_hmac_secret_key", "api_key", "allowed_origins", "namespaces"].contains { root[[$0]] != nil }
    }

    package init(_ root: JSONNode) {
        source = ForeignConfiguration(root)
        isInsecure = source.flag("client.insecure")
        takeListening()
        takeTokens()
        takeClients()
        takeTransports()
        takeChannels()
        takeOthers()
        for (key, sentence) in source.leftOver { remark(key, sentence) }
    }

    mutating func remark(_ key: String, _ sentence: String) { remarks.append("\(key): \(sentence)") }

    // MARK: Section by section

    private mutating func takeListening() {
        // without an address the original listens on all
        document.set("listen.host", json: (source.text("http_server.address") ?? "0.0.0.0").json)
        if let port = source.count("http_server.port") { document.set("listen.port", json: "\(port)") }
        if source.flag("http_server.tls.enabled") {
            if source.text("http_server.tls.cert_pem") == nil {
                remark(
                    "http_server.tls.enabled",
                    "there is no certificate in cert_pem: clients would connect without TLS"
                )
            }
            for (theirs, ours) in [("cert_pem", "certificate"), ("key_pem", "key")] {
                guard let pem = source.text("http_server.tls.\(theirs)") else { continue }
                if CentrifugoImport.isPath(pem) {
                    document.set("tls.\(ours)", json: pem.json)
                } else {
                    remark("http_server.tls.\(theirs)", "put it into a file, and that into tls.\(ours)")
                }
            }
        }
        if let level = source.text("log.level") {
            let names = ["warn": "warning", "fatal": "critical", "none": "critical"]
            document.set("log_level", json: (names[level] ?? level).json)
            if level == "none" { remark("log.level", "what is critical is still logged") }
        }
        if let seconds = source.seconds("shutdown.timeout") { document.set("drain_time", json: seconds.asSeconds) }
    }

    private mutating func takeTokens() {
        let keys = [
            ("hmac_secret_key", "hmac_secret"), ("rsa_public_key", "rsa_public_key"),
            ("ecdsa_public_key", "ecdsa_public_key"), ("audience", "audience"), ("issuer", "issuer"),
            ("user_id_claim", "user_claim"),
        ]
        for (theirs, ours) in keys {
            if let text = source.text("client.token.\(theirs)") { document.set("tokens.\(ours)", json: text.json) }
        }
        if source.text("client.token.jwks_public_endpoint") != nil {
            remark("client.token.jwks_public_endpoint", "save the keys in a file, and name that in tokens.jwks_file")
        }
        let isOpen = source.flag("client.allow_anonymous_connect_without_token")
        document.set("tokens.anonymous", json: isOpen || isInsecure ? "true" : "false")
    }

    private mutating func takeClients() {
        if let origins = source.texts("client.allowed_origins"), !origins.isEmpty {
            document.set("origins", json: "[" + origins.map(\.json).joined(separator: ", ") + "]")
        }
        for (theirs, ours) in [("ping_interval", "ping_interval"), ("pong_timeout", "pong_timeout")] {
            guard let seconds = source.seconds("client.\(theirs)") else { continue }
            if seconds > 0 {
                document.set("centrifuge.\(ours)", json: seconds.asSeconds)
            } else if theirs == "ping_interval" {
                document.set("centrifuge.ping_interval", json: "0")
            } else {
                remark("client.pong_timeout", "clients that do not answer pings are always given up")
            }
        }
        let delay = source.seconds("client.expired_close_delay")
        let subscriptionDelay = source.seconds("client.expired_sub_close_delay")
        if let delay { document.set("centrifuge.expiry_delay", json: delay.asSeconds) }
        if let subscriptionDelay, subscriptionDelay != delay ?? CentrifugoImport.standardExpiryDelay {
            remark("client.expired_sub_close_delay", "it is that of client.expired_close_delay")
        }
        for (theirs, ours) in [
            ("client.channel_limit", "centrifuge.max_topics"), ("client.connection_limit", "limits.connections"),
            ("client.history_max_publication_limit", "centrifuge.history_limit"),
            ("client.queue_max_size", "topics.window.bytes"),
        ] {
            if let count = source.count(theirs), count > 0 { document.set(ours, json: "\(count)") }
        }
        if source.count("client.history_max_publication_limit") == 0 {
            remark("client.history_max_publication_limit", "there is always a limit: centrifuge.history_limit")
        }
    }

    private mutating func takeTransports() {
        if source.flag("websocket.disabled") { document.set("centrifuge.enabled", json: "false") }
        if let prefix = source.text("websocket.handler_prefix") {
            if prefix.hasSuffix("/websocket"), prefix != "/websocket" {
                let path = prefix.dropLast("/websocket".count)
                if path != "/connection" { document.set("centrifuge.path", json: path.json) }
            } else {
                remark("websocket.handler_prefix", "a path here ends with /websocket, and has something before it")
            }
        }
        document.set("compression", json: source.flag("websocket.compression") ? "true" : "false")
        if let size = source.count("websocket.message_size_limit"), size > 0 {
            document.set("limits.message_size", json: "\(size)")
        }
    }

    private mutating func takeOthers() {
        if source.flag("http_api.disabled") { document.set("api.enabled", json: "false") }
        if let key = source.text("http_api.key") { document.set("api.key", json: key.json) }
        switch source.text("http_api.error_mode") {
        case nil, "default": break
        case "transport": document.set("api.error_mode", json: "transport".json)
        case let mode?: remark("http_api.error_mode", "there is no mode \(mode)")
        }
        if let prefix = source.text("http_api.handler_prefix"), prefix != "/api" {
            remark("http_api.handler_prefix", "the path of the HTTP API is always /api")
        }
        if source.flag("http_api.insecure") {
            remark(
                "http_api.insecure",
                "without a key the HTTP API is for this machine alone, and only if no other can connect"
            )
        }
        // what is the same without being said
        _ = source.flag("health.enabled")
        if let prefix = source.text("health.handler_prefix"), prefix != "/health" {
            remark("health.handler_prefix", "the path is always /health")
        }
        if let engine = source.text("engine.type"), engine != "memory" {
            remark("engine.type", "topics are kept in this server's memory")
        }
    }

    /// Seconds; it is the same in Chorus.
    private static let standardExpiryDelay = 25.0

    private static func isPath(_ pem: String) -> Bool {
        pem.hasPrefix("/") || pem.hasPrefix("./") || pem.hasSuffix(".pem")
    }
}

extension Double {
    /// As a setting's number of seconds.
    var asSeconds: String { self == rounded() && abs(self) < 1e15 ? "\(Int(self))" : "\(self)" }
}
