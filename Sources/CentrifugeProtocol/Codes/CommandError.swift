/// Why a command was not carried out: what stands in the reply instead of a result.
///
/// What SDKs do about it depends on the command. They repeat connect and subscribe commands after a pause if the error
/// is temporary, below 100, or 109 (with a new token); with any other error the client is disconnected, or the
/// subscription ended. Programs may use the codes 400 to 1999.
public struct CommandError: Error, Hashable {
    /// The number that clients decide by.
    public var code: UInt32
    /// A few words for people.
    public var message: String
    /// Whether the same command may succeed later.
    public var isTemporary: Bool

    /// An error of the program's own, or one of the protocol's in other words.
    public init(code: UInt32, message: String, isTemporary: Bool = false) {
        self.code = code
        self.message = message
        self.isTemporary = isTemporary
    }
}

extension CommandError {
    /// 100, temporary: the server has failed.
    public static let internalServerError = Self(code: 100, message: "internal server error", isTemporary: true)
    /// 101: the client has not said who it is.
    public static let unauthorized = Self(code: 101, message: "unauthorized")
    /// 102: there is no such channel, or no such namespace.
    public static let unknownChannel = Self(code: 102, message: "unknown channel")
    /// 103: this client may not do that.
    public static let permissionDenied = Self(code: 103, message: "permission denied")
    /// 104: there is no such procedure.
    public static let methodNotFound = Self(code: 104, message: "method not found")
    /// 105: the client is subscribed to that channel.
    public static let alreadySubscribed = Self(code: 105, message: "already subscribed")
    /// 106: too much of something, channels for instance.
    public static let limitExceeded = Self(code: 106, message: "limit exceeded")
    /// 107: the command cannot be carried out as it is, and never will be.
    public static let badRequest = Self(code: 107, message: "bad request")
    /// 108: the server, or the namespace, does not offer that.
    public static let notAvailable = Self(code: 108, message: "not available")
    /// 109: the token has expired; the client shall come again with a new one.
    public static let tokenExpired = Self(code: 109, message: "token expired")
    /// 110: the connection or subscription has expired, and there is no token to renew.
    public static let expired = Self(code: 110, message: "expired")
    /// 111, temporary: more commands than the rate limit allows.
    public static let tooManyRequests = Self(code: 111, message: "too many requests", isTemporary: true)
    /// 112: what follows the position is not kept any more, or the position is of another stream.
    public static let unrecoverablePosition = Self(code: 112, message: "unrecoverable position")
    /// 113, temporary: pages of the same map are being read already.
    public static let concurrentPagination = Self(code: 113, message: "concurrent pagination", isTemporary: true)
}
