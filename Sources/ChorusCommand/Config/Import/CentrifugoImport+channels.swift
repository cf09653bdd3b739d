import JSONWire

extension CentrifugoImport {
    /// What is said of channels: those without a namespace, and those of each.
    mutating func takeChannels() {
        let format = source.text("channel.publication_data_format")
        var limits: Set<Bool> = []
        let topics = source.section("channel.without_namespace")
        let unnamed = take(topics, format, &limits)
        for (key, json) in unnamed { document.set("topics.\(key)", json: json) }
        document.set("unknown_namespaces", json: "false")
        var namespaces: [(name: String, settings: SettingsDocument)] = []
        for (index, options) in source.elements("channel.namespaces").enumerated() {
            if let kind = options["subscription_type"]?.string, !["", "stream"].contains(kind) {
                remark("channel.namespaces[\(index)]", "left out: there are no subscriptions of the type \(kind)")
                continue
            }
            let name = options["name"]?.string ?? ""
            let foreign = ForeignConfiguration(options, path: "channel.namespaces[\(index)].")
            let settings = take(foreign, format, &limits)
            // a namespace has what is said of topics and not of it, which in the original it has not
            let rest = CentrifugoImport.standard.filter { key, _ in
                unnamed.contains { $0.key == key } && !settings.contains { $0.key == key }
            }
            namespaces.append((name, SettingsDocument(name, settings + rest)))
        }
        // a namespace that is always there, and keeps and tells nothing where nothing is said of it
        if !namespaces.contains(where: { $0.name == "lobby" }) {
            namespaces.insert(("lobby", SettingsDocument("lobby", unnamed)), at: 0)
        }
        document.set("namespaces", elements: namespaces.map(\.settings))
        takeNames(isLimited: limits.contains(true))
        if limits.count > 1 {
            remark(
                "allow_user_limited_channels",
                "here it holds for all namespaces, also where clients may not subscribe by themselves"
            )
        }
    }

    /// What holds where a configuration says nothing, of the settings that are written only where it says something.
    private static let standard = [
        (key: "recovery_mode", json: #""stream""#), ("latest.enabled", "false"), ("tells_publishers", "false"),
        ("payload", #""any""#),
    ]

    /// What names of channels are made of.
    private mutating func takeNames(isLimited: Bool) {
        let boundary = source.text("channel.user_boundary") ?? "#"
        document.set("centrifuge.user_limited_topics.separator", json: isLimited ? boundary.json : "\"\"")
        if let prefix = source.read("channel.private_prefix", as: \.string) {
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
    ///   - limits: whether names may say which users may subscribe, of all namespaces together.
    private mutating func take(
        _ options: ForeignConfiguration,
        _ standard: String?,
        _ limits: inout Set<Bool>
    ) -> [(key: String, json: String)] {
        var options = options
        _ = options.text("name")
        if let kind = options.text("subscription_type"), kind != "stream" {
            remark(
                options.path + "subscription_type",
                "there are no subscriptions of the type \(kind): they are streams"
            )
        }
        var settings = history(&options) + presence(&options)
        let subscribers = access(
            users: options.flag("allow_subscribe_for_client"),
            anonymous: options.flag("allow_subscribe_for_anonymous")
        )
        let publishers = access(
            users: options.flag("allow_publish_for_client"),
            anonymous: options.flag("allow_publish_for_anonymous"),
            subscribers: options.flag("allow_publish_for_subscriber")
        )
        settings += [("subscribers", subscribers.json), ("publishers", publishers.json)]
        // the original tells it of everything that a client publishes
        if publishers != "server" { settings.append(("tells_publishers", "true")) }
        if publishers == "subscribers", isOpen(&options, without: "allow_publish_for_anonymous") {
            remark(options.path + "allow_publish_for_subscriber", "subscribers without a name may publish too")
        }
        let isLimited = options.flag("allow_user_limited_channels")
        limits.insert(isLimited)
        if isLimited, publishers != "server", publishers != "subscribers" {
            remark(
                options.path + "allow_user_limited_channels",
                "where a name says for which users it is, others may not publish either"
            )
        }
        let format = options.text("publication_data_format") ?? standard
        if let format { settings.append(("payload", format.hasPrefix("json") ? #""json""# : #""any""#)) }
        if format == "json_object" {
            remark(options.path + "publication_data_format", "any JSON is taken, not objects alone")
        }
        for (key, sentence) in options.leftOver { remark(key, sentence) }
        return settings
    }

    /// What is kept, and who may read it.
    private mutating func history(_ options: inout ForeignConfiguration) -> [(key: String, json: String)] {
        let size = options.count("history_size") ?? 0
        let time = options.seconds("history_ttl") ?? 0
        let hasHistory = size > 0 && time > 0
        let isForced = options.flag("force_recovery")
        let isAllowed = options.flag("allow_recovery")
        let isRead = options.flag("allow_history_for_subscriber") && hasHistory
        if isForced || isAllowed {
            // a client that can recover has a position
            for key in ["force_positioning", "allow_positioning"] { _ = options.flag(key) }
            if hasHistory, !isRead, !isInsecure {
                let key = isForced ? "force_recovery" : "allow_recovery"
                remark(options.path + key, "who may recover may read the history too")
            }
        } else if isRead {
            remark(options.path + "allow_history_for_subscriber", "who may read the history may recover too")
        }
        if isRead, isOpen(&options, without: "allow_history_for_anonymous") {
            remark(options.path + "allow_history_for_subscriber", "subscribers without a name may read it too")
        }
        // whoever asks for deltas gets them wherever there is a history
        _ = options.flag("delta_publish")
        _ = options.read("allowed_delta_types") { types -> Bool? in
            guard let names = types.elements, names.allSatisfy({ $0.string == "fossil" }) else { return nil }
            return true
        }
        let recoversNewest = options.recoversNewest && (isForced || isAllowed)
        let recovery = isForced ? #""forced""# : isAllowed || isRead ? #""on""# : #""off""#
        guard hasHistory else { return [("history.count", "0"), ("recovery", recovery)] }
        let kept = [("history.count", "\(size)"), ("history.age", time.asSeconds), ("recovery", recovery)]
        guard recoversNewest else { return kept }
        // one message, whatever its key; a reader that is too slow is closed all the same
        return kept + [
            ("recovery_mode", #""latest""#), ("latest.enabled", "true"), ("latest.keys", "1"),
            ("latest.age", time.asSeconds), ("overflow", #""disconnect""#),
        ]
    }

    /// Who is there, who is told, and who may ask.
    private mutating func presence(_ options: inout ForeignConfiguration) -> [(key: String, json: String)] {
        let isPresent = options.flag("presence")
        let isTold = options.flag("join_leave")
        let isAsked = options.flag("allow_presence_for_subscriber")
        let isPushed = options.flag("force_push_join_leave")
        guard isPresent || isTold else { return [("presence.enabled", "false")] }
        if isTold, !isPresent { remark(options.path + "join_leave", "it brings presence with it") }
        if isTold, !isPushed { remark(options.path + "join_leave", "all subscribers are told, asked or not") }
        if !isAsked || isOpen(&options, without: "allow_presence_for_anonymous") {
            let key = isPresent ? "presence" : "join_leave"
            remark(options.path + key, "whoever may subscribe may ask who is there")
        }
        return [
            ("presence.enabled", "true"), ("presence.told", isTold ? "true" : "false"),
            // there everybody is told of everybody at once, and who comes back is another client
            ("presence.grace", "0"), ("presence.interval", "0"), ("presence.list_limit", "10000"),
        ]
    }

    /// Whether clients without a name may subscribe, and could not do something that they can here.
    private func isOpen(_ options: inout ForeignConfiguration, without key: String) -> Bool {
        let isAllowed = options.flag(key)
        return options.flag("allow_subscribe_for_anonymous") && !isAllowed && !isInsecure
    }

    /// - Parameters:
    ///   - users: those with a name may.
    ///   - anonymous: those without one too; it says nothing alone.
    ///   - subscribers: those who are subscribed.
    private func access(users: Bool, anonymous: Bool, subscribers: Bool = false) -> String {
        guard !isInsecure else { return "anyone" }
        guard users else { return subscribers ? "subscribers" : "server" }
        return anonymous ? "anyone" : "authenticated"
    }
}

extension ForeignConfiguration {
    /// Whether clients recover the newest message alone.
    fileprivate var recoversNewest: Bool {
        mutating get {
            read("force_recovery_mode") { ["stream", "cache", ""].contains($0.string) ? $0.string : nil } == "cache"
        }
    }
}

extension SettingsDocument {
    /// A namespace.
    fileprivate init(_ name: String, _ settings: [(key: String, json: String)]) {
        self.init()
        set("name", json: name.json)
        for (key, json) in settings { set(key, json: json) }
    }
}
