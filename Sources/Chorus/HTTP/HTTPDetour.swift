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
    /// The connection ends with the answer to the request before: nothing that follows is looked at.
    var isOver = false
    /// Requests that have not been answered completely.
    var unanswered = 0

    init(limits: BroadcastServer.Limits) {
        self.parser = HTTPRequestHeadParser(maximumHeadSize: limits.headSize, maximumHeaders: limits.headerCount)
    }

    /// Whether nothing may follow a request with this head: it asks for the end (RFC 9112 section 9.6), or for another
    /// protocol, after which NIO's decoder takes no further request, also when it is not granted.
    package static func isLast(_ head: HTTPRequestHead) -> Bool {
        let options = head.values("Connection").flatMap { $0.split(separator: ",") }
            .map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
        if head.method == "CONNECT" || !head.values("Upgrade").isEmpty || options.contains("close") { return true }
        return head.minorVersion == 0 && !options.contains("keep-alive")
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
