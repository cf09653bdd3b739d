import Chorus
import JSONWire
import NIOCore

/// Claims as Centrifugo has them.
extension JSONObjectWriter {
    mutating func write(_ token: ConnectionToken, userClaim: String) {
        write(userClaim, token.user, token.expiresAt, token.id, token.issuedAt)
        if let info = token.info { field("info", json: info) }
        let plain = token.subscriptions.filter(\.isPlain)
        let special = token.subscriptions.filter { !$0.isPlain }
        if !plain.isEmpty {
            field("channels", elements: plain.map { ByteBuffer(jsonString: ByteBuffer(string: $0.topic)) })
        }
        if !special.isEmpty {
            field(
                "subs",
                json: .jsonObject { subs in
                    for subscription in special {
                        subs.field(
                            subscription.topic,
                            json: .jsonObject { $0.write(subscription.info, subscription.data, subscription.overrides) }
                        )
                    }
                }
            )
        }
        if let meta = token.meta { field("meta", json: meta) }
    }

    mutating func write(_ token: SubscriptionToken, userClaim: String) {
        write(userClaim, token.user, token.expiresAt, token.id, token.issuedAt)
        field("channel", token.topic)
        if let client = token.client { field("client", client) }
        write(token.info, token.data, token.overrides)
    }

    private mutating func write(_ userClaim: String, _ user: String, _ end: Int64?, _ id: String?, _ issued: Int64?) {
        field(userClaim, user)
        if let end { field("exp", end) }
        if let issued { field("iat", issued) }
        if let id { field("jti", id) }
    }

    private mutating func write(_ info: ByteBuffer?, _ data: ByteBuffer?, _ overrides: SubscriptionOverrides) {
        if let info { field("info", json: info) }
        if let data { field("data", json: data) }
        guard overrides != SubscriptionOverrides() else { return }
        field(
            "override",
            json: .jsonObject { object in
                for (name, value) in overrides.named {
                    if let value { object.field(name, json: .jsonObject { $0.field("value", value) }) }
                }
            }
        )
    }
}

extension ServerSubscription {
    /// Whether its topic says all.
    fileprivate var isPlain: Bool { self == ServerSubscription(topic: topic) }
}

extension SubscriptionOverrides {
    fileprivate var named: [(String, Bool?)] {
        [
            ("presence", presence), ("join_leave", joinLeave), ("force_recovery", forceRecovery),
            ("force_positioning", forcePositioning), ("force_push_join_leave", forcePushJoinLeave),
        ]
    }
}
