import NIOCore
public import WebSocketWire

extension WebSocketMessage {
    /// The text of a text message; nil for a binary one.
    public var text: String? {
        kind == .text ? String(buffer: payload) : nil
    }
}
