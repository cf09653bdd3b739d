import HummingbirdCore
import NIOCore
package import WebSocketWire

/// What the front door remembers of a connection that speaks HTTP: where one request ends and the next begins, so that
/// a WebSocket may also be asked for by a later request, as proxies that keep connections do.
package final class HTTPDetour {
    typealias Responder = HTTPChannelHandler.Responder

    package enum Framing: Equatable {
        /// A request's head is next.
        case head
        /// This many bytes of a body are next.
        case body(Int)
        /// The body's end is not ours to find; all that follows is HTTP.
        case unknown
    }

    var parser: HTTPRequestHeadParser
    var framing = Framing.head
    /// Requests that have not been answered completely.
    var unanswered = 0

    init(limits: BroadcastServer.Limits) {
        self.parser = HTTPRequestHeadParser(maximumHeadSize: limits.headSize, maximumHeaders: limits.headerCount)
    }

    /// How a request with this head goes on (RFC 9112 section 6.3).
    package static func framing(after head: HTTPRequestHead) -> Framing {
        guard head.values("Transfer-Encoding").isEmpty else { return .unknown }
        let lengths = head.values("Content-Length")
        guard let first = lengths.first else { return .head }
        let isNumber = first.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard lengths.count == 1, isNumber, let length = Int(first) else { return .unknown }
        return length == 0 ? .head : .body(length)
    }
}
