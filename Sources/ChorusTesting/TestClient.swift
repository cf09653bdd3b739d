public import ChorusClient
public import NIOCore
public import WebSocketWire

/// A WebSocket client for tests: every wait has a limit, and what goes wrong is said in one sentence.
///
/// Once connected, every method throws ``TestFailure`` when it is not done within ``limit``, or when something else
/// came than was expected.
///
/// ```swift
/// let client = try await TestClient.connect(to: server.url("/ws"))
/// try await client.send("hi")
/// try await client.expect("Message: hi")
/// ```
public struct TestClient: Sendable {
    /// What it stands on.
    public let connection: WebSocketConnection
    /// In seconds, for each wait. Default 10.
    public let limit: Double

    /// A client on a connection that is open already.
    public init(_ connection: WebSocketConnection, limit: Double = 10) {
        self.connection = connection
        self.limit = limit
    }

    /// Connects to a URL such as `ws://127.0.0.1:8000/ws`. Throws `WebSocketClientError`; the time is bounded by the
    /// configuration's `connectTimeout`.
    public static func connect(
        to url: String,
        configuration: WebSocketClientConfiguration = WebSocketClientConfiguration(),
        limit: Double = 10
    ) async throws -> TestClient {
        TestClient(try await WebSocketClient.connect(to: url, configuration: configuration), limit: limit)
    }

    /// Sends a text. Throws `WebSocketClientError` when the connection is closed.
    public func send(_ text: String) async throws {
        try await withTimeout(limit, "sending") { try await connection.send(text) }
    }

    /// Sends a binary message. Throws `WebSocketClientError` when the connection is closed.
    public func send(_ bytes: ByteBuffer) async throws {
        try await withTimeout(limit, "sending") { try await connection.send(bytes) }
    }

    /// The next message. Throws ``TestFailure`` when none comes.
    public func next() async throws -> WebSocketMessage {
        try await collect(1)[0]
    }

    /// As many messages, all of them within the limit. Throws ``TestFailure`` when fewer come.
    public func collect(_ count: Int) async throws -> [WebSocketMessage] {
        try await withTimeout(limit, "receiving \(count) message(s)") {
            var messages: [WebSocketMessage] = []
            var iterator = connection.messages.makeAsyncIterator()
            while messages.count < count {
                guard let message = await iterator.next() else {
                    let end = connection.closeReason.map { "\($0)" } ?? "nothing"
                    throw TestFailure("expected \(count) message(s), got \(messages.count) and then \(end)")
                }
                messages.append(message)
            }
            return messages
        }
    }

    /// The next message has to be this text; throws ``TestFailure`` if it is not.
    public func expect(_ text: String) async throws {
        try await expect([text])
    }

    /// The next messages have to be these texts; throws ``TestFailure`` if they are not.
    public func expect(_ texts: [String]) async throws {
        for (expected, message) in zip(texts, try await collect(texts.count)) where message.text != expected {
            throw TestFailure("expected the text \(expected.debugDescription), got \(message.summary)")
        }
    }

    /// The next message has to be binary, with these bytes; throws ``TestFailure`` if it is not.
    public func expect(_ bytes: ByteBuffer) async throws {
        let expected = WebSocketMessage(kind: .binary, payload: bytes)
        let message = try await next()
        guard message == expected else { throw TestFailure("expected \(expected.summary), got \(message.summary)") }
    }

    /// Nothing may have come that was not taken, up to what the server sends before it answers a ping. Throws
    /// ``TestFailure`` if something has, and `WebSocketClientError` when the connection is closed.
    public func expectNothing() async throws {
        _ = try await withTimeout(limit, "a ping") { try await connection.ping() }
        let unexpected = connection.takeMessage()
        if let unexpected { throw TestFailure("expected nothing, got \(unexpected.summary)") }
    }

    /// The connection has to end, and with this code; messages that come before are passed over. Throws
    /// ``TestFailure`` otherwise.
    @discardableResult
    public func expectClose(_ code: WebSocketCloseCode? = nil) async throws -> CloseReason {
        let reason = try await withTimeout(limit, "the end of the connection") {
            for await _ in connection.messages {}
            return await connection.waitForClose()
        }
        if let code, reason.code != code {
            throw TestFailure("expected the close code \(code.rawValue), got \(reason)")
        }
        return reason
    }

    /// Closes the connection and waits for its end. Throws ``TestFailure`` when it does not come.
    public func close() async throws {
        try await withTimeout(limit, "closing") { await connection.close() }
    }
}

extension WebSocketMessage {
    /// Short enough for one line.
    fileprivate var summary: String {
        guard let text else { return "\(payload.readableBytes) binary bytes" }
        return text.utf8.count <= 200
            ? "the text \(text.debugDescription)"
            : "a text of \(text.utf8.count) bytes that begins \(text.prefix(100).debugDescription)"
    }
}
