import NIOCore
import WebSocketWire

/// Who sent a request. Most servers never ask, so the address is made to text only then.
struct Peer: Sendable {
    let socket: SocketAddress?
    let head: HTTPRequestHead
    let proxies: [TrustedProxy]

    /// The client's address: the socket's, or what a trusted proxy says; `nil` on Unix sockets.
    var address: String? {
        guard let peer = socket?.ipAddress else { return nil }
        guard !proxies.isEmpty else { return peer }
        return TrustedProxy.client(peer: peer, forwarded: head.values("X-Forwarded-For"), proxies: proxies)
    }
}
