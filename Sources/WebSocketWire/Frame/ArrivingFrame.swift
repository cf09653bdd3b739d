import NIOCore

/// A frame whose header was read and whose payload is not all there.
struct ArrivingFrame: Sendable {
    let opcode: WebSocketOpcode
    let isFinal: Bool
    /// The bytes still to come.
    var missing: Int
    /// Turned to the next byte to come.
    var mask: FrameMask
    /// What has come of a control frame; a data frame's bytes go to its message.
    var control = ByteBuffer()

    init(_ header: FrameHeader) {
        opcode = header.opcode
        isFinal = header.isFinal
        missing = header.payloadSize
        mask = header.mask
    }
}
