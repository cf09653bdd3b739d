/// What a client is told when its connection lives on.
public struct RefreshResult: Hashable, Sendable {
    /// The identifier of the connection.
    public var client: String
    /// The server's version.
    public var version: String
    /// Whether the client has to refresh the connection again.
    public var expires: Bool
    /// In how many seconds.
    public var ttl: UInt32

    /// A result with these fields; zero values are not sent.
    public init(client: String, version: String = "", expires: Bool = false, ttl: UInt32 = 0) {
        self.client = client
        self.version = version
        self.expires = expires
        self.ttl = ttl
    }
}
