public import NIOCore
package import WebSocketWire

/// An open WebSocket, from the client's side.
///
/// ```swift
/// let connection = try await WebSocketClient.connect(to: "ws://127.0.0.1:8000/ws")
/// try await connection.send("hi")
/// for await text in connection.texts { print(text) }
/// ```
///
/// Any task may send, ping and close; one reads. A connection that nobody holds any more is closed with 1001.
public final class WebSocketConnection: Sendable {
    package let channel: any Channel
    package let handler: NIOLoopBound<ConnectionHandler>
    let closed: EventLoopFuture<CloseReason>
    package let inbox: Inbox

    /// The one of the offered subprotocols that the server chose; nil if it chose none.
    public let subprotocol: String?
    /// Whether permessage-deflate was agreed on.
    public let isCompressed: Bool

    package init(_ opened: ConnectionHandler.Opened) {
        channel = opened.channel
        handler = opened.handler
        inbox = opened.inbox
        closed = opened.closed
        subprotocol = opened.subprotocol
        isCompressed = opened.isCompressed
    }

    deinit {
        guard inbox.closeReason == nil else { return }
        channel.eventLoop.execute { [handler] in
            handler.value.close(ConnectionState.CloseFrame(code: .goingAway, reason: ""))
        }
    }

    /// The server's address; a proxy's if there is one. Nil for some kinds of channel.
    public var remoteAddress: SocketAddress? { channel.remoteAddress }

    /// All messages, text and binary, for one consumer.
    public var messages: WebSocketMessages { WebSocketMessages(connection: self) }

    /// The text messages, for one consumer.
    public var texts: WebSocketTexts { WebSocketTexts(connection: self) }

    /// How the connection ended; nil as long as it has not. It is there when ``messages`` ends.
    public var closeReason: CloseReason? { inbox.closeReason }

    func nextMessage(isolation: isolated (any Actor)? = #isolation) async -> WebSocketMessage? {
        await inbox.next().map(use)
    }

    /// The next message if it has been received already; for tests.
    package func takeMessage() -> WebSocketMessage? {
        inbox.poll().map(use)
    }

    private func use(_ taken: Inbox.Taken) -> WebSocketMessage {
        if taken.makesRoom, inbox.closeReason == nil {
            channel.eventLoop.execute { [handler] in handler.value.resume() }
        }
        return taken.message
    }
}
