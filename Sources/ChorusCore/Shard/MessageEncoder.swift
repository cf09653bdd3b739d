public import NIOCore

/// Turns messages into the bytes of one wire format. Each shard has its own encoder of each format, so an encoder may
/// keep buffers and compressors.
public protocol MessageEncoder: AnyObject {
    /// Appends the complete frame of `message` to `out`. Of one that is a notice (``Message/notice``), which has no
    /// payload, it appends what the format has for that, or nothing.
    ///
    /// - Parameters:
    ///   - message: what was published.
    ///   - topic: the topic's name.
    ///   - out: where the bytes go.
    func encode(_ message: Message, topic: String, into out: inout ByteBuffer)

    /// Whether messages are encoded as their difference to the one before.
    var readsPrevious: Bool { get }

    /// Appends the frame of a message for those who have received `previous` before it, if there is one at hand. Called
    /// where ``readsPrevious``.
    func encode(_ message: Message, after previous: Message?, topic: String, into out: inout ByteBuffer)
}

extension MessageEncoder {
    /// They stand by themselves.
    public var readsPrevious: Bool { false }

    /// Encodes the message by itself.
    public func encode(_ message: Message, after previous: Message?, topic: String, into out: inout ByteBuffer) {
        encode(message, topic: topic, into: &out)
    }
}

/// A wire format. Sessions with the same encoding share the bytes of what they receive, so make one per format and keep
/// it.
public final class Encoding: Sendable {
    /// What it is called in logs.
    public let name: String
    let makeEncoder: @Sendable (_ variant: UInt8) -> any MessageEncoder

    /// Names a format and says how a shard makes its encoder.
    public convenience init(_ name: String, makeEncoder: @escaping @Sendable () -> any MessageEncoder) {
        self.init(name, variants: { _ in makeEncoder() })
    }

    /// Names a format that subscriptions of one session may receive in several variants, and says how a shard makes
    /// their encoders.
    package init(_ name: String, variants makeEncoder: @escaping @Sendable (UInt8) -> any MessageEncoder) {
        self.name = name
        self.makeEncoder = makeEncoder
    }
}
