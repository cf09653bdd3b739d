/// The number in a close frame that says why (RFC 6455 section 7.4 and the IANA registry behind it).
///
/// Any value can be represented; ``isAllowedOnWire`` tells which ones a close frame may carry.
public struct WebSocketCloseCode: RawRepresentable, Hashable, Sendable {
    /// The number as it is sent, big-endian, in the first two bytes of the close frame's payload.
    public var rawValue: UInt16

    /// Any number, allowed on the wire or not.
    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// 1000: the purpose of the connection is fulfilled.
    public static let normal = Self(rawValue: 1000)
    /// 1001: the server shuts down, or the page was left.
    public static let goingAway = Self(rawValue: 1001)
    /// 1002: the peer broke the protocol.
    public static let protocolError = Self(rawValue: 1002)
    /// 1003: a kind of data that this side does not take, binary for instance.
    public static let unacceptableData = Self(rawValue: 1003)
    /// 1005, never on the wire: the peer's close frame carried no code.
    public static let noStatus = Self(rawValue: 1005)
    /// 1006, never on the wire: the connection ended without a close frame.
    public static let abnormal = Self(rawValue: 1006)
    /// 1007: the bytes do not fit the kind of the message; text that is not UTF-8, or deflate data that is corrupt.
    public static let invalidPayload = Self(rawValue: 1007)
    /// 1008: refused for a reason that no other code names.
    public static let policyViolation = Self(rawValue: 1008)
    /// 1009: the message is larger than this side accepts.
    public static let messageTooBig = Self(rawValue: 1009)
    /// 1010, sent by clients: the server did not agree to an extension that the client cannot do without.
    public static let missingExtension = Self(rawValue: 1010)
    /// 1011: something unexpected happened on the server.
    public static let internalError = Self(rawValue: 1011)
    /// 1012: the server restarts; come back after a short, random delay.
    public static let serviceRestart = Self(rawValue: 1012)
    /// 1013: the server is overloaded; come back later.
    public static let tryAgainLater = Self(rawValue: 1013)

    /// 4010, private to Chorus: what the client wanted of a topic's past is not there any more.
    public static let unrecoverable = Self(rawValue: 4010)
    /// 4401, private to Chorus: the token that the connection was opened with has expired; a new one is needed.
    public static let tokenExpired = Self(rawValue: 4401)
    /// The program behind the server has ended the connection, or all that it was for; coming back is of no use.
    public static let disconnected = Self(rawValue: 4503)

    /// Whether a close frame may carry this code: the codes in IANA's registry that are meant for the wire
    /// (1000–1003, 1007–1014), those registered by libraries (3000–3999) and private ones (4000–4999).
    public var isAllowedOnWire: Bool {
        switch rawValue {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
