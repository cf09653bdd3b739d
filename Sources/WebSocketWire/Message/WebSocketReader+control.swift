import NIOCore

extension WebSocketReader {
    /// What a whole control frame with an unmasked payload means.
    func controlEvent(
        _ opcode: WebSocketOpcode,
        _ payload: ByteBuffer
    ) throws(WebSocketFailure) -> WebSocketEvent {
        switch opcode {
        case .ping: .ping(payload)
        case .pong: .pong(payload)
        default: try closeEvent(payload)
        }
    }

    /// A close frame is empty, or has a code in two bytes and a reason in UTF-8 (RFC 6455 section 5.5.1).
    private func closeEvent(_ payload: ByteBuffer) throws(WebSocketFailure) -> WebSocketEvent {
        guard payload.readableBytes > 0 else { return .close(nil, reason: "") }
        var rest = payload
        guard let number = rest.readInteger(as: UInt16.self) else {
            throw .protocolError("close frame of one byte")
        }
        let code = WebSocketCloseCode(rawValue: number)
        guard code.isAllowedOnWire else {
            throw .protocolError("close code \(number) is not for the wire")
        }
        var utf8 = UTF8Validator()
        let isValid = rest.withUnsafeReadableBytes { bytes in utf8.validate(bytes) && utf8.isComplete }
        guard isValid else {
            throw .invalidPayload("close reason is not valid UTF-8")
        }
        return .close(code, reason: String(buffer: rest))
    }
}
