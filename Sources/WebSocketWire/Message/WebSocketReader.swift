public import NIOCore

/// Turns the bytes of one connection into messages, pings, pongs, the close, or the one failure that ends it.
///
/// It follows RFC 6455 (framing, fragmentation, masking, UTF-8, close codes) and RFC 7692 without context takeover,
/// and does no I/O. The events do not depend on how the bytes are cut into buffers.
///
/// ```swift
/// var reader = WebSocketReader(role: .server, maximumMessageSize: 1 << 20)
/// while let event = reader.next(from: &received) {
///     …
/// }
/// ```
public struct WebSocketReader: Sendable {
    /// None or one. An array, because an idle connection then pays eight bytes for it and because it is the one heap
    /// box in the standard library that is a value, `Sendable` and changed in place.
    var underWay: [ReadUnderWay] = []
    private let sizeLimit: Int32
    let role: WebSocketRole
    let acceptsDeflate: Bool
    var hasEnded = false

    var maximumMessageSize: Int { Int(sizeLimit) }

    /// The largest message that can be asked for, 1 GiB: a `ByteBuffer` holds less than four.
    public static let largestMessageSize = 1 << 30

    /// A reader for a new connection.
    ///
    /// `maximumMessageSize` is in bytes, after inflation and over all fragments; a larger message fails with 1009.
    /// `acceptsDeflate` says that permessage-deflate was negotiated.
    public init(role: WebSocketRole, maximumMessageSize: Int, acceptsDeflate: Bool = false) {
        self.role = role
        self.sizeLimit = Int32(min(max(0, maximumMessageSize), Self.largestMessageSize))
        self.acceptsDeflate = acceptsDeflate
    }

    /// Whether a part of a frame or of a fragmented message has arrived, and its end has not.
    public var isMidMessage: Bool { !underWay.isEmpty }

    /// The memory held for a message or a frame that is under way, in bytes; zero when there is none. It follows what
    /// has arrived and not what a header announces.
    public var heldCapacity: Int {
        guard let underWay = underWay.first else { return 0 }
        return (underWay.message?.payload.storageCapacity ?? 0) + (underWay.frame?.control.storageCapacity ?? 0)
    }

    /// Consumes bytes from `buffer` and returns the next event, or nil when all of it is consumed and more is needed.
    ///
    /// After a close or a failure everything is consumed and ignored. `inflater` is shared by the connections of one
    /// thread and needed if `acceptsDeflate` was said.
    public mutating func next(from buffer: inout ByteBuffer, inflater: Inflater? = nil) -> WebSocketEvent? {
        guard !hasEnded else {
            buffer.moveReaderIndex(to: buffer.writerIndex)
            return nil
        }
        do throws(WebSocketFailure) {
            while buffer.readableBytes > 0 {
                guard let event = try advance(&buffer, inflater) else { continue }
                if case .close = event { end() }
                return event
            }
            return nil
        } catch {
            end()
            return .failure(error)
        }
    }

    private mutating func end() {
        hasEnded = true
        underWay = []
    }
}
