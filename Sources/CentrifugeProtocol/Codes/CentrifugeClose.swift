/// Why a server ends a connection: code and reason of the WebSocket close frame.
///
/// SDKs decide by the code alone whether they come back. Programs may use 4000 to 4999. The reason has at most 123
/// bytes (RFC 6455 section 5.5).
public struct CentrifugeClose: Error, Hashable {
    /// The number that clients decide by.
    public var code: UInt16
    /// A few words for people.
    public var reason: String

    /// A close of the program's own, or one of the protocol's in other words.
    public init(code: UInt16, reason: String) {
        self.code = code
        self.reason = reason
    }

    /// Whether SDKs connect again, after a pause. They do not after 3500–3999 and 4500–4999, nor after 1009, with
    /// which WebSocket ends the connection of a client that has sent too large a message.
    public var reconnects: Bool {
        switch code {
        case 1009, 3500...3999, 4500...4999: false
        default: true
        }
    }
}

extension CentrifugeClose {
    // MARK: Clients come back

    /// 3000: without a reason from the server. What is queued is not sent.
    public static let connectionClosed = Self(code: 3000, reason: "connection closed")
    /// 3001: the server stops.
    public static let shutdown = Self(code: 3001, reason: "shutdown")
    /// 3004: the server has failed.
    public static let internalServerError = Self(code: 3004, reason: "internal server error")
    /// 3005: the connection was not refreshed in time.
    public static let connectionExpired = Self(code: 3005, reason: "connection expired")
    /// 3006: a subscription that the server had made was not refreshed in time.
    public static let subscriptionExpired = Self(code: 3006, reason: "subscription expired")
    /// 3008: the client does not read fast enough. What is queued is not sent.
    public static let slow = Self(code: 3008, reason: "slow")
    /// 3009: writing to the client has failed.
    public static let writeError = Self(code: 3009, reason: "write error")
    /// 3010: publications are lost to a subscription that the server had made; the client recovers when it is back.
    public static let insufficientState = Self(code: 3010, reason: "insufficient state")
    /// 3011: the server's program wants it to connect anew.
    public static let forceReconnect = Self(code: 3011, reason: "force reconnect")
    /// 3012: a ping was not answered in time.
    public static let noPong = Self(code: 3012, reason: "no pong")
    /// 3013: more than the rate limit allows.
    public static let tooManyRequests = Self(code: 3013, reason: "too many requests")
    /// 3014: what the client knows is not valid any more; it drops its token and its positions first.
    public static let stateInvalidated = Self(code: 3014, reason: "state invalidated")

    // MARK: Clients stay away

    /// 3500: the token is not valid, or of another user, channel or client.
    public static let invalidToken = Self(code: 3500, reason: "invalid token")
    /// 3501: a frame is malformed, or a command comes when it must not.
    public static let badRequest = Self(code: 3501, reason: "bad request")
    /// 3502: there was no connect command in time.
    public static let stale = Self(code: 3502, reason: "stale")
    /// 3503: the server's program wants it to stay away.
    public static let forceDisconnect = Self(code: 3503, reason: "force disconnect")
    /// 3504: too many connections, of this user for instance.
    public static let connectionLimit = Self(code: 3504, reason: "connection limit")
    /// 3505: more server-side subscriptions than a connection may have.
    public static let channelLimit = Self(code: 3505, reason: "channel limit")
    /// 3506: data that the client's format cannot carry, binary for a JSON client.
    public static let inappropriateProtocol = Self(code: 3506, reason: "inappropriate protocol")
    /// 3507: this client may not connect.
    public static let permissionDenied = Self(code: 3507, reason: "permission denied")
    /// 3508: what was sent is not offered, and there is no reply that could say so.
    public static let notAvailable = Self(code: 3508, reason: "not available")
    /// 3509: the client's commands have failed too often.
    public static let tooManyErrors = Self(code: 3509, reason: "too many errors")
}
