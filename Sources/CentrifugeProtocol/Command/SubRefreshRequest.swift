/// A new subscription token before the old one expires.
public struct SubRefreshRequest: Hashable, Sendable {
    /// The channel's name.
    public var channel: String
    /// The subscription token, a JWT.
    public var token: String
    /// 0 for a refresh; 1 and 2 are of shared polls.
    public var type: Int32

    /// A request with these fields; what is left out is as if the client had not sent it.
    public init(channel: String = "", token: String = "", type: Int32 = 0) {
        self.channel = channel
        self.token = token
        self.type = type
    }
}
