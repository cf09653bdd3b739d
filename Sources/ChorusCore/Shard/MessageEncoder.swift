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
}

/// A wire format. Sessions with the same encoding share the bytes of what they receive, so make one per format and keep
/// it.
public final class Encoding: Sendable {
    /// What it is called in logs.
    public let name: String
    let makeEncoder: @Sendable () -> any MessageEncoder

    /// Names a format and says how a shard makes its encoder.
    public init(_ name: String, makeEncoder: @escaping @Sendable () -> any MessageEncoder) {
        self.name = name
        self.makeEncoder = makeEncoder
    }
}
