import Chorus
import ChorusCore
import JSONWire
import NIOCore

/// What Centrifugo's claims mean.
extension Claims {
    /// Throws ``TokenRefusal/Code/claim`` for a subscription token too, so that a right to one topic is none to all
    /// (RFC 8725 section 3.12).
    func connectionToken(userClaim: String) throws(TokenRefusal) -> ConnectionToken {
        guard try string("channel") == nil else {
            throw TokenRefusal(.claim, "this is a subscription token (it has a channel), not a connection token")
        }
        return ConnectionToken(
            user: try user(userClaim),
            expiresAt: try expiry(),
            id: try string("jti"),
            issuedAt: try time("iat"),
            info: try info(),
            subscriptions: try subscriptions(),
            meta: try json("meta")
        )
    }

    func subscriptionToken(userClaim: String) throws(TokenRefusal) -> SubscriptionToken {
        guard let topic = try string("channel") else {
            throw TokenRefusal(.claim, "this is no subscription token: it has no channel")
        }
        return SubscriptionToken(
            user: try user(userClaim),
            topic: try checked(topic),
            // empty is none
            client: try string("client").flatMap { $0.isEmpty ? nil : $0 },
            expiresAt: try expiry(),
            id: try string("jti"),
            issuedAt: try time("iat"),
            info: try info(),
            data: try json("data", orBase64: "b64data"),
            overrides: try overrides()
        )
    }

    /// Empty if it has none.
    private func user(_ name: String) throws(TokenRefusal) -> String {
        let user = try string(name) ?? ""
        guard user.utf8.count <= BroadcastServer.longestUser else {
            throw TokenRefusal(.claim, "the token's \(name) has more than \(BroadcastServer.longestUser) bytes")
        }
        return user
    }

    /// What others are told of the client.
    private func info() throws(TokenRefusal) -> ByteBuffer? {
        let info = try json("info", orBase64: "b64info")
        guard info?.readableBytes ?? 0 <= Member.longestInfo else {
            throw TokenRefusal(.claim, "the token's \(place)info has more than \(Member.longestInfo) bytes")
        }
        return info
    }

    /// `expire_at` counts before `exp`, and says never if it is not positive.
    private func expiry() throws(TokenRefusal) -> Int64? {
        guard let own = try time("expire_at") else { return try time("exp") }
        return own > 0 ? own : nil
    }

    /// Those with options count before those without.
    private func subscriptions() throws(TokenRefusal) -> [ServerSubscription] {
        var subscriptions: [ServerSubscription] = []
        var topics: Set<String> = []
        for (topic, value) in try fields("subs") ?? [] {
            guard value.kind == .object else {
                throw TokenRefusal(.claim, "the token's subs.\(topic.inQuotes) is not an object")
            }
            let options = Claims(value, place: "subs.\(topic.inQuotes).")
            topics.insert(topic)
            subscriptions.append(
                ServerSubscription(
                    topic: try checked(topic),
                    info: try options.info(),
                    data: try options.json("data", orBase64: "b64data"),
                    overrides: try options.overrides()
                )
            )
        }
        for topic in try strings("channels") ?? [] where topics.insert(topic).inserted {
            subscriptions.append(ServerSubscription(topic: try checked(topic)))
        }
        return subscriptions
    }

    private func overrides() throws(TokenRefusal) -> SubscriptionOverrides {
        guard let options = try object("override") else { return SubscriptionOverrides() }
        return SubscriptionOverrides(
            presence: try options.flag("presence"),
            joinLeave: try options.flag("join_leave"),
            forceRecovery: try options.flag("force_recovery"),
            forcePositioning: try options.flag("force_positioning"),
            forcePushJoinLeave: try options.flag("force_push_join_leave")
        )
    }

    /// `{"value": true}`; without a value it is false.
    private func flag(_ name: String) throws(TokenRefusal) -> Bool? {
        try object(name).map { flag throws(TokenRefusal) in try flag.bool("value") ?? false }
    }

    private func checked(_ topic: String) throws(TokenRefusal) -> String {
        do throws(ChorusError) {
            return try TopicName(topic).description
        } catch {
            throw TokenRefusal(.claim, "the token names a topic that cannot be: \(error.message)")
        }
    }
}
