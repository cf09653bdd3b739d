import NIOCore

extension WebSocketReader {
    /// Takes one step, which consumes at least one byte of a buffer that is not empty.
    mutating func advance(
        _ buffer: inout ByteBuffer,
        _ inflater: Inflater?
    ) throws(WebSocketFailure) -> WebSocketEvent? {
        if !underWay.isEmpty, underWay[0].frame != nil {
            return try continueFrame(&buffer, inflater)
        }
        guard let header = try readHeader(&buffer) else { return nil }
        if buffer.readableBytes >= header.payloadSize {
            if header.opcode.isControl {
                return try wholeControlFrame(header, &buffer)
            }
            if header.isFinal, header.opcode != .continuation {
                return try wholeMessage(header, &buffer, inflater)
            }
        }
        begin(header, available: buffer.readableBytes)
        return try continueFrame(&buffer, inflater)
    }

    private mutating func readHeader(_ buffer: inout ByteBuffer) throws(WebSocketFailure) -> FrameHeader? {
        let rules = frameRules
        if !underWay.isEmpty, underWay[0].header.count > 0 {
            let header = try underWay[0].header.complete(from: &buffer, rules)
            if underWay[0].isOver { underWay = [] }
            return header
        }
        let header = try buffer.withUnsafeReadableBytes { bytes throws(WebSocketFailure) in
            try FrameHeader.decode(bytes, rules)
        }
        if let header {
            buffer.moveReaderIndex(forwardBy: header.size)
            return header
        }
        if underWay.isEmpty { underWay = [ReadUnderWay()] }
        return try underWay[0].header.complete(from: &buffer, rules)
    }

    private var frameRules: FrameRules {
        let message = underWay.isEmpty ? nil : underWay[0].message
        let room = message?.isCompressed == true ? maximumCompressedSize : maximumMessageSize
        return FrameRules(
            role: role,
            acceptsDeflate: acceptsDeflate,
            isContinuing: message != nil,
            room: room - (message?.payload.readableBytes ?? 0),
            compressedRoom: maximumCompressedSize
        )
    }

    /// Deflating random bytes makes them longer. The worst that zlib does is an eighth and a 64th, see its
    /// `deflateBound`; a message within the limit must not be refused for that.
    private var maximumCompressedSize: Int {
        maximumMessageSize + maximumMessageSize / 8 + maximumMessageSize / 64 + 64
    }

    /// The fast way for a control frame that is all there.
    private func wholeControlFrame(
        _ header: FrameHeader,
        _ buffer: inout ByteBuffer
    ) throws(WebSocketFailure) -> WebSocketEvent {
        var payload = ByteBuffer()
        var mask = header.mask
        payload.readMasked(header.payloadSize, from: &buffer, with: &mask)
        return try controlEvent(header.opcode, payload)
    }

    /// The fast way for a message that is one frame and all there: one buffer, one pass.
    private func wholeMessage(
        _ header: FrameHeader,
        _ buffer: inout ByteBuffer,
        _ inflater: Inflater?
    ) throws(WebSocketFailure) -> WebSocketEvent {
        var message = ArrivingMessage(header, capacity: header.payloadSize)
        var mask = header.mask
        try message.append(header.payloadSize, of: &buffer, mask: &mask)
        return .message(try message.finish(maximumSize: maximumMessageSize, inflater: inflater))
    }

    private mutating func begin(_ header: FrameHeader, available: Int) {
        if underWay.isEmpty { underWay = [ReadUnderWay()] }
        underWay[0].frame = ArrivingFrame(header)
        if header.opcode == .text || header.opcode == .binary {
            underWay[0].message = ArrivingMessage(header, capacity: min(header.payloadSize, available))
        }
    }

    private mutating func continueFrame(
        _ buffer: inout ByteBuffer,
        _ inflater: Inflater?
    ) throws(WebSocketFailure) -> WebSocketEvent? {
        guard var frame = underWay[0].frame else { return nil }
        // Taken out, or what it holds would be copied when more is appended.
        underWay[0].frame = nil
        let count = min(frame.missing, buffer.readableBytes)
        frame.missing -= count
        if frame.opcode.isControl {
            frame.control.readMasked(count, from: &buffer, with: &frame.mask)
        } else {
            try underWay[0].message?.append(count, of: &buffer, mask: &frame.mask)
        }
        guard frame.missing == 0 else {
            underWay[0].frame = frame
            return nil
        }
        return try finish(frame, inflater)
    }

    private mutating func finish(
        _ frame: ArrivingFrame,
        _ inflater: Inflater?
    ) throws(WebSocketFailure) -> WebSocketEvent? {
        guard !frame.opcode.isControl else {
            if underWay[0].isOver { underWay = [] }
            return try controlEvent(frame.opcode, frame.control)
        }
        guard frame.isFinal, let message = underWay[0].message else { return nil }
        underWay = []
        return .message(try message.finish(maximumSize: maximumMessageSize, inflater: inflater))
    }
}
