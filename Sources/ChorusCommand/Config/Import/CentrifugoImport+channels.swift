import JSONWire

extension CentrifugoImport {
    /// What is said of channels: those without a namespace, and those of each.
    mutating func takeChannels() {
        let format = source.text("channel.publication_data_format")
        var isLimited = false
        let options = source.value("channel.without_namespace") ?? .emptyObject
        let topics = ForeignConfiguration(options, path: "channel.without_namespace.")
        for (key, json) in take(topics, format, &isLimited) { document.set("topics.\(key)", json: json) }
        var namespaces: [SettingsDocument] = []
        for (index, options) in (source.value("channel.namespaces")?.elements ?? []).enumerated() {
            var namespace = SettingsDocument()
            namespace.set("name", json: (options["name"]?.string ?? "").json)
            let foreign = ForeignConfiguration(options, path: "channel.namespaces[\(index)].")
            for (key, json) in take(foreign, format, &isLimited) { namespace.set(key, json: json) }
            namespaces.append(namespace)
        }
        if !namespaces.isEmpty { document.set("namespaces", elements: namespaces) }
        takeNames(isLimited: isLimited)
    }

    /// What names of channels are made of.
    private mutating func takeNames(isLimited: Bool) {
        let boundary = source.text("channel.user_boundary") ?? "#"
        document.set("centrifuge.user_limited_topics.separator", json: isLimited ? boundary.json : "\"\"")
        if let prefix = source.value("channel.private_prefix")?.string {
            document.set("centrifuge.private_topics.prefix", json: prefix.json)
        }
        for (key, fixed) in [("user_separator", ","), ("namespace_boundary", ":")] {
            if let text = source.text("channel.\(key)"), text != fixed {
                remark("channel.\(key)", "here it is always \(fixed)")
            }
        }
        if let length = source.count("channel.max_length"), length != 255 {
            remark("channel.max_length", "here it is always 255 bytes")
        }
        let personal = "client.subscribe_to_user_personal_channel"
        guard source.flag("\(personal).enabled") else { return }
        document.set("centrifuge.personal_topics.enabled", json: "true")
        let namespace = source.text("\(personal).personal_channel_namespace").map { "\($0):" } ?? ""
        document.set("centrifuge.personal_topics.prefix", json: "\(namespace)\(boundary)".json)
    }

    /// The options of a namespace, as settings.
    ///
    /// - Parameters:
    ///   - standard: the format of publications where the namespace says nothing of it.
    ///   - isLimited: becomes `true` where names may say which users may subscribe.
    private mutating func take(
        _ options: ForeignConfiguration,
        _ standard: String?,
        _ isLimited: inout Bool
    ) -> [(key: String, json: String)] {
        var options = options
        var settings: [(key: String, json: String)] = []
        _ = options.value("name")
        let size = options.count("history_size") ?? 0
        let time = options.seconds("history_ttl") ?? 0
        let hasHistory = size > 0 && time > 0
        settings.append(("history.count", hasHistory ? "\(size)" : "0"))
        if hasHistory { settings.append(("history.age", time.asSeconds)) }
        let isForced = options.flag("force_recovery")
        let isAllowed = options.flag("allow_recovery")
        settings.append(("recovery", isForced ? #""forced""# : isAllowed ? #""on""# : #""off""#))
        if isForced || isAllowed {
            // a client that can recover has a position
            for key in ["force_positioning", "allow_positioning"] { _ = options.value(key) }
        }
        let isPresent = options.flag("presence")
        let isTold = options.flag("join_leave")
        settings.append(("presence.enabled", isPresent || isTold ? "true" : "false"))
        if isPresent || isTold { settings.append(("presence.told", isTold ? "true" : "false")) }
        if isTold, !isPresent { remark(options.path + "join_leave", "it brings presence with it") }
        let subscribers = CentrifugoImport.access(
            anyone: options.flag("allow_subscribe_for_anonymous"),
            users: options.flag("allow_subscribe_for_client")
        )
        let publishers = CentrifugoImport.access(
            anyone: options.flag("allow_publish_for_anonymous"),
            users: options.flag("allow_publish_for_client")
        )
        settings += [("subscribers", subscribers), ("publishers", publishers)]
        if options.flag("allow_user_limited_channels") { isLimited = true }
        let format = options.text("publication_data_format") ?? standard
        if let format { settings.append(("payload", format.hasPrefix("json") ? #""json""# : #""any""#)) }
        if format == "json_object" {
            remark(options.path + "publication_data_format", "any JSON is taken, not objects alone")
        }
        for key in options.leftOver { remark(key, "nothing in Chorus corresponds to it") }
        return settings
    }

    private static func access(anyone: Bool, users: Bool) -> String {
        anyone ? #""anyone""# : users ? #""authenticated""# : #""server""#
    }
}
