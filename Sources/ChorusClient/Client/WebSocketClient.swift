public import Logging
public import NIOCore
public import NIOPosix

/// Opens WebSockets.
///
/// ```swift
/// let connection = try await WebSocketClient.connect(to: "ws://127.0.0.1:8000/ws")
/// try await connection.send("hi")
/// ```
public struct WebSocketClient: Sendable {
    private init() {}

    /// Connects, and returns when the server has agreed.
    ///
    /// `url` is `ws://host:port/path?query` or `wss://…`, percent-encoded, or `ws+unix:/path/of/socket:/path?query`.
    /// Redirects are not followed. The logger gets no more than a few lines at the level debug.
    ///
    /// Throws any ``WebSocketClientError/Code``: `timedOut` when there is no connection within the configuration's
    /// `connectTimeout`, `handshakeRefused` with the server's answer if it refuses, `connectionClosed` when the
    /// connection is lost meanwhile.
    public static func connect(
        to url: String,
        configuration: WebSocketClientConfiguration = WebSocketClientConfiguration(),
        eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        logger: Logger? = nil
    ) async throws(WebSocketClientError) -> WebSocketConnection {
        let parsed = try WebSocketURL(url)
        let attempt = try ConnectionAttempt(to: parsed, configuration: configuration, on: eventLoopGroup.any())
        var logger = logger
        logger?[metadataKey: "chorus.url"] = "\(parsed)"
        do {
            let connection = WebSocketConnection(try await attempt.run())
            logger?.debug("Connected", metadata: ["chorus.deflate": "\(connection.isCompressed)"])
            connection.closed.whenSuccess { [logger] reason in
                logger?.debug("Closed", metadata: ["chorus.reason": "\(reason)"])
            }
            return connection
        } catch {
            logger?.debug("Cannot connect", metadata: ["chorus.error": "\(error)"])
            throw error
        }
    }
}
