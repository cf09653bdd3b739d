import ChorusCore
import JSONWire
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation  // on Apple's systems, where it is a part of the system
#endif

extension APIMethod {
    static let subscribe = APIMethod(
        name: "subscribe",
        summary: "Lets clients of a user follow a topic, as far as their protocol can say so.",
        fields: [APIFields.channel.required] + APIFields.selection + SubscribeFields.terms
    ) { api, parameters throws(APIError) in try await api.subscribe(parameters) }

    static let refresh = APIMethod(
        name: "refresh",
        summary: "Says anew how long connections of a user may last, and what is said of them.",
        fields: APIFields.selection + [
            SubscribeFields.expired.optional, APIFields.expireAt.optional, SubscribeFields.connectionInfo.optional,
        ]
    ) { api, parameters throws(APIError) in try await api.refresh(parameters) }
}

private enum SubscribeFields {
    static let info = any("info", "What presence says of the clients there: at most \(Member.longestInfo) bytes.")
    static let connectionInfo = any(
        "info",
        "What is said of the connections in what they publish and follow from now on: at most \(Member.longestInfo) bytes."
    )
    static let binaryInfo = base64("b64info", "The same in base64; counts where info is there too, unless it is empty.")
    static let data = any("data", "What the clients are given with the news.")
    static let binaryData = base64("b64data", "The same in base64; counts where data is there too, unless it is empty.")
    static let since = APIField<APIParameters>.object(
        "recover_since",
        [offset.optional, epoch.optional],
        "What came after this position is sent first."
    )
    static let offset = APIField<UInt64>.number("offset", "Of a message.")
    static let epoch = APIField<String>.string("epoch", "In which it counts. Default the one that the topic is in.")
    static let overrides = APIField<APIParameters>.object(
        "override",
        overriding.map { $0.field.optional },
        "In what these subscriptions are different from what the namespace says."
    )
    static let expired = APIField<Bool>.flag("expired", "The connections end now (3005).")

    /// How clients are to follow the topic.
    static let terms: [JSONSchema.Property] = [
        info.optional, binaryInfo.optional, data.optional, binaryData.optional, since.optional,
        APIFields.expireAt.optional, overrides.optional,
    ]

    private static let overriding:
        [(field: APIField<APIParameters>, any WritableKeyPath<SubscriptionOverrides, Bool?> & Sendable)] = [
            (override("presence", "Whether presence knows of the clients."), \.presence),
            (override("join_leave", "Whether others are told that they join and leave."), \.joinLeave),
            (override("force_recovery", "Whether they have a position, asked or not."), \.forceRecovery),
            (override("force_positioning", "The same."), \.forcePositioning),
            (override("force_push_join_leave", "Whether they are told who joins and leaves."), \.forcePushJoinLeave),
        ]
    private static let value = APIField<Bool>.flag("value", "Default false.")

    private static func override(_ name: String, _ purpose: String) -> APIField<APIParameters> {
        .object(name, [value.optional], purpose)
    }

    static func overrides(_ parameters: APIParameters) throws(APIError) -> SubscriptionOverrides {
        var overrides = SubscriptionOverrides()
        guard let given = try parameters[SubscribeFields.overrides] else { return overrides }
        for (field, option) in overriding {
            if let flag = try given[field] { overrides[keyPath: option] = try flag[value] ?? false }
        }
        return overrides
    }

    private static func any(_ name: String, _ purpose: String) -> APIField<JSONValue> {
        APIField(name, .any, rule: "", purpose) { $0 }
    }

    private static func base64(_ name: String, _ purpose: String) -> APIField<String> {
        .string(name, pattern: APIFields.base64, purpose)
    }
}

extension HTTPAPI {
    /// `subscribe`: lets clients follow a topic.
    func subscribe(_ parameters: APIParameters) async throws(APIError) -> ByteBuffer {
        let topic = try topic(of: parameters)
        let selection = try selection(parameters)
        var terms = FollowTerms()
        terms.info = try short(json(SubscribeFields.info, SubscribeFields.binaryInfo, parameters))
        terms.overrides = try SubscribeFields.overrides(parameters)
        terms.data = try json(SubscribeFields.data, SubscribeFields.binaryData, parameters)
        terms.expiresAt = try time(parameters)
        if let since = try parameters[SubscribeFields.since] {
            let epoch = try since[SubscribeFields.epoch] ?? ""
            terms.since = Position(epoch: epoch, offset: try since[SubscribeFields.offset] ?? 0)
        }
        if let selection { await hub.subscribe(selection, to: topic, terms) }
        return HTTPAPI.nothing
    }

    /// `refresh`: says how long connections may last, or ends them.
    func refresh(_ parameters: APIParameters) async throws(APIError) -> ByteBuffer {
        let selection = try selection(parameters)
        let isExpired = try parameters[SubscribeFields.expired] ?? false
        let time = try time(parameters)
        let info = try short(parameters[SubscribeFields.connectionInfo]?.detached)
        guard let selection else { return HTTPAPI.nothing }
        if isExpired {
            await hub.disconnect(selection, code: 3005, reason: "connection expired")
        } else {
            await hub.refresh(selection, until: time, info: info)
        }
        return HTTPAPI.nothing
    }

    /// `expire_at`; 0 is never.
    func time(_ parameters: APIParameters) throws(APIError) -> Int64? {
        try parameters[APIFields.expireAt].flatMap { $0 > 0 ? $0 : nil }
    }

    /// One JSON value, as it stands there or in base64.
    private func json(
        _ plain: APIField<JSONValue>,
        _ binary: APIField<String>,
        _ parameters: APIParameters
    ) throws(APIError) -> ByteBuffer? {
        let value: JSONValue?
        if let base64 = try parameters[binary], !base64.isEmpty {
            guard let bytes = Data(base64Encoded: base64), let found = try? JSONValue(ByteBuffer(bytes: bytes)) else {
                throw .badRequest("\(binary.name) is not JSON in base64")
            }
            value = found
        } else {
            value = try parameters[plain]
        }
        return value?.detached
    }

    /// What all members of a topic may be told.
    private func short(_ info: ByteBuffer?) throws(APIError) -> ByteBuffer? {
        guard info?.readableBytes ?? 0 <= Member.longestInfo else {
            throw .badRequest("info has at most \(Member.longestInfo) bytes")
        }
        return info
    }
}

extension JSONValue {
    /// A copy: the slice would keep all of the request.
    fileprivate var detached: ByteBuffer { ByteBuffer(bytes: compact.readableBytesView) }
}
