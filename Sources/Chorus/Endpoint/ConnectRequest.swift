public import ChorusCore
import WebSocketWire

/// The request that opens a connection.
public struct ConnectRequest: Sendable {
    /// What the placeholders of the endpoint's path stand for, percent-decoded.
    public struct Parameters: Sendable {
        let values: [String: String]

        /// The value of a placeholder; `nil` if the path has none of that name.
        public subscript(_ name: String) -> String? { values[name] }

        /// The value of a placeholder. Throws ``ChorusError/Code/missingParameter`` if the path has none of that name.
        public func require(_ name: String) throws(ChorusError) -> String {
            guard let value = values[name] else {
                throw ChorusError(.missingParameter, "the path has no placeholder {\(name)}")
            }
            return value
        }
    }

    /// The query's pairs, decoded.
    public struct Query: Sendable {
        /// All pairs in their order, without those that cannot be decoded.
        public let items: [(name: String, value: String)]
        /// Some pair cannot be decoded.
        let isBroken: Bool

        init(_ text: Substring?) {
            let items = text.map { PercentEncoding.decodeQuery($0) } ?? []
            self.items = items
            isBroken = text.map { $0.split(separator: "&").count > items.count } ?? false
        }

        /// The first value of a name.
        public subscript(_ name: String) -> String? { items.first { $0.name == name }?.value }
    }

    private let head: HTTPRequestHead
    /// What the placeholders of the endpoint's path stand for.
    public let parameters: Parameters
    private let peer: Peer?
    /// Who the client is, as ``BroadcastServer/authenticate(_:)`` has found out; `nil` before, and if nobody has said.
    public internal(set) var user: String?

    /// The WebSocket subprotocol that was agreed on; `nil` for none.
    var subprotocol: String?

    init(head: HTTPRequestHead, parameters: [String: String], peer: Peer?) {
        self.head = head
        self.parameters = Parameters(values: parameters)
        self.peer = peer
    }

    /// The address of the client, as text without the port: from the socket, or from a proxy that is trusted. `nil` on
    /// Unix sockets.
    public var remoteAddress: String? { peer?.address }

    /// The path as it was sent, without the query.
    public var path: String { head.path }

    /// The query's pairs.
    public var query: Query { Query(head.query.map { $0[...] }) }

    /// The first header field of that name, whatever its case.
    public func header(_ name: String) -> String? { head.first(name) }

    /// The value of the first cookie of that name (RFC 6265).
    public func cookie(_ name: String) -> String? { CookieHeader.value(of: name, in: head.values("Cookie")) }
}
