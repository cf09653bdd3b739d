import JSONWire
import NIOCore
public import NIOPosix
import WebSocketWire

/// A topic of a Chorus server, followed through every break of the connection: who iterates gets what was published,
/// once and in order, or is told of a gap.
///
/// ```swift
/// for try await event in TopicSubscription(to: "news", at: "http://127.0.0.1:8000", from: .last(10)) {
///     if case .message(let message) = event { print(message.text) }
/// }
/// ```
public struct TopicSubscription: AsyncSequence, Sendable {
    /// Messages, and what happens to the subscription.
    public typealias Element = TopicEvent

    /// Where to begin.
    public enum Start: Sendable, Hashable {
        /// With what is published from now on.
        case now
        /// With so many of the last messages.
        case last(Int)
        /// With what came after a position.
        case since(TopicPosition)
        /// With the newest message of every key, where the topic keeps them; also after a break of the connection.
        case latest
    }

    let topic: String
    let server: String
    let start: Start
    let name: String?
    let retriesFirst: Bool
    let configuration: WebSocketClientConfiguration

    /// As for every WebSocket, with room for envelopes of the largest messages: 16 MiB.
    public static var defaultConfiguration: WebSocketClientConfiguration {
        var configuration = WebSocketClientConfiguration()
        configuration.maximumMessageSize = 16 << 20
        return configuration
    }

    /// Makes a subscription; it connects when it is iterated.
    ///
    /// - Parameters:
    ///   - server: `http://host:port`, `https://…`, the same with `ws` and `wss`, or `ws+unix:/path/of/socket:`.
    ///   - name: how presence calls this client.
    ///   - retriesFirst: whether a first attempt that fails is repeated, as later ones are. Default yes.
    public init(
        to topic: String,
        at server: String,
        from start: Start = .now,
        name: String? = nil,
        retriesFirst: Bool = true,
        configuration: WebSocketClientConfiguration = TopicSubscription.defaultConfiguration
    ) {
        self.topic = topic
        self.server = server
        self.start = start
        self.name = name
        self.retriesFirst = retriesFirst
        self.configuration = configuration
    }

    /// Makes an iterator, which has a connection of its own.
    public func makeAsyncIterator() -> Iterator { Iterator(subscription: self) }

    /// Reads events.
    public struct Iterator: AsyncIteratorProtocol {
        private let subscription: TopicSubscription
        private var connection: WebSocketConnection?
        private var position: TopicPosition?
        private var backoff = Backoff()
        /// How long to wait before the next attempt.
        private var pause: Duration?
        private var hasConnected = false
        private var connectedAt = ContinuousClock.now
        /// Something has come from the server.
        private var hasBegun = false
        /// It has been connected before, and nothing tells from where to go on.
        private var hasHole = false
        /// The most that a server gives of the past: what it gives where not everything that was missed is kept.
        private static let mostLast = 1_000_000
        /// A connection that held so long is no failed attempt.
        private static let stable = Duration.seconds(5)

        init(subscription: TopicSubscription) { self.subscription = subscription }

        /// The next event; `nil` when the task is cancelled. Throws ``WebSocketClientError`` when coming back is of no
        /// use: the server refuses the request, or has closed with a code that says so.
        public mutating func next() async throws -> TopicEvent? {
            while !Task.isCancelled {
                guard let connection else {
                    if let event = try await connect() { return event }
                    continue
                }
                if hasHole {
                    hasHole = false
                    return .gap(nil, json: gapNotice)
                }
                guard let message = await connection.nextMessage() else {
                    if Task.isCancelled { break }
                    self.connection = nil
                    return try lost(connection.closeReason)
                }
                guard message.kind == .text, let event = TopicEvent(message.payload), !event.isHeartbeat else {
                    continue
                }
                note(event)
                return event
            }
            return nil
        }

        private mutating func connect() async throws -> TopicEvent? {
            if let pause {
                self.pause = nil
                try? await Task.sleep(for: pause)
                if Task.isCancelled { return nil }
            }
            do {
                connection = try await WebSocketClient.connect(to: url, configuration: subscription.configuration)
            } catch {
                if error.code == .cancelled { return nil }
                if error.response?.status == 403, hasConnected, position != nil, subscription.start != .latest {
                    // the topic's past is not for clients: its live messages are
                    position = nil
                    return nil
                }
                guard error.isTemporary, hasConnected || subscription.retriesFirst else { throw error }
                return retry(error)
            }
            // where it begins as it did before nothing is lost
            let beginsAgain = subscription.start != .now && !hasBegun
            hasHole = hasConnected && position == nil && subscription.start != .latest && !beginsAgain
            hasConnected = true
            connectedAt = .now
            return nil
        }

        private mutating func lost(_ reason: CloseReason?) throws -> TopicEvent {
            let error = WebSocketClientError.closed(reason)
            guard reason?.code.allowsReturn ?? true else { throw error }
            if .now - connectedAt > Iterator.stable { backoff.reset() }
            return retry(error)
        }

        private mutating func retry(_ error: WebSocketClientError) -> TopicEvent {
            let wait = backoff.next()
            pause = wait
            return .disconnected(error, retryIn: wait)
        }

        private mutating func note(_ event: TopicEvent) {
            switch event {
            case .message(let message):
                position = message.position ?? position
                backoff.reset()
            case .subscribed(let start, _), .gap(let start, _): position = start ?? position
            case .notice, .disconnected: break
            }
            hasBegun = true
        }

        /// What the server would say.
        private var gapNotice: String {
            String(
                buffer: .jsonObject {
                    $0.field("topic", subscription.topic)
                    $0.field("notice", "gap")
                }
            )
        }

        private var url: String {
            var query = ["format=json"]
            if let name = subscription.name { query.append("name=" + name.percentEncoded) }
            switch (position, subscription.start) {
            case (_, .latest): query.append("latest")
            case (let position?, _), (nil, .since(let position)):
                query += ["since=\(position)", "last=\(Iterator.mostLast)"]
            case (nil, .last(let count)): query.append("last=\(count)")
            case (nil, .now): break
            }
            let path = "/ws/" + subscription.topic.percentEncoded + "?" + query.joined(separator: "&")
            return subscription.socketURL + path
        }
    }

    /// Without a slash at its end.
    private var socketURL: String {
        var url = server
        if url.hasPrefix("http://") || url.hasPrefix("https://") { url = "ws" + url.dropFirst(4) }
        while url.hasSuffix("/") { url.removeLast() }
        return url
    }
}

extension WebSocketClientError {
    /// Whether another attempt may succeed.
    package var isTemporary: Bool {
        switch code {
        case .invalidURL, .invalidConfiguration, .cancelled: return false
        case .handshakeRefused:
            let status = response?.status ?? 0
            return status >= 500 || [408, 425, 429].contains(status)
        default: return true
        }
    }
}

extension WebSocketCloseCode {
    /// Whether a client that was closed with it may come back (`docs/errors.md` in the source).
    package var allowsReturn: Bool {
        switch rawValue {
        case 1000...1006, 1011...1015: self != .protocolError && self != .unacceptableData
        case 4010: true
        default: false
        }
    }
}

extension String {
    /// With everything but unreserved characters percent-encoded (RFC 3986 section 2).
    package var percentEncoded: String {
        let digits = Array("0123456789ABCDEF".utf8)
        var encoded: [UInt8] = []
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.append(byte)
            default: encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }
}
