/// What is known of the way to a client.
public struct TransportInfo: Hashable, Sendable {
    /// `websocket`.
    public var name: String
    /// What goes over it: `text`, `json`, `centrifuge-json` or `centrifuge-protobuf`.
    public var format: String
    /// The client's address, as text without the port: from the socket, or from a proxy that is trusted; `nil` on Unix
    /// sockets.
    public var address: String?
    /// What the client calls itself, in protocols in which it says so; empty otherwise.
    public var clientName: String
    /// The version that the client says it has; empty otherwise.
    public var clientVersion: String

    /// Makes the description of a way.
    public init(
        name: String,
        format: String,
        address: String? = nil,
        clientName: String = "",
        clientVersion: String = ""
    ) {
        self.name = name
        self.format = format
        self.address = address
        self.clientName = clientName
        self.clientVersion = clientVersion
    }
}
