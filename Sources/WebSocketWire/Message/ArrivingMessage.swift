import NIOCore

/// A data message whose bytes are being put together.
struct ArrivingMessage: Sendable {
    let kind: WebSocketMessage.Kind
    let isCompressed: Bool
    private(set) var payload: ByteBuffer
    private var utf8 = UTF8Validator()

    /// `capacity` in bytes: what is there already, never what a header only promises.
    init(_ header: FrameHeader, capacity: Int) {
        kind = header.opcode == .text ? .text : .binary
        isCompressed = header.isCompressed
        payload = ByteBufferAllocator().buffer(capacity: capacity)
    }

    /// Moves `count` bytes, which must be readable, from `buffer` to the message. Text is checked as it arrives, so
    /// that a long fragment fails at its first bad byte.
    mutating func append(
        _ count: Int,
        of buffer: inout ByteBuffer,
        mask: inout FrameMask
    ) throws(WebSocketFailure) {
        let before = payload.readableBytes
        payload.readMasked(count, from: &buffer, with: &mask)
        guard kind == .text, !isCompressed else { return }
        let isValid = payload.withUnsafeReadableBytes { bytes in
            utf8.validate(UnsafeRawBufferPointer(rebasing: bytes.dropFirst(before)))
        }
        guard isValid else { throw .notUTF8 }
    }

    /// The message, when its last byte is there: inflated if need be.
    consuming func finish(
        maximumSize: Int,
        inflater: Inflater?
    ) throws(WebSocketFailure) -> WebSocketMessage {
        guard isCompressed else {
            guard utf8.isComplete else { throw .notUTF8 }
            return WebSocketMessage(kind: kind, payload: payload)
        }
        guard let inflater else {
            throw WebSocketFailure(code: .internalError, reason: "nothing to inflate a message with")
        }
        let inflated = try inflater.inflate(payload, maximumSize: maximumSize)
        if kind == .text {
            let isValid = inflated.withUnsafeReadableBytes { bytes in utf8.validate(bytes) && utf8.isComplete }
            guard isValid else { throw .notUTF8 }
        }
        return WebSocketMessage(kind: kind, payload: inflated)
    }
}

extension WebSocketFailure {
    fileprivate static var notUTF8: Self { .invalidPayload("text is not valid UTF-8") }
}
