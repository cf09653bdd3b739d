import ChorusTesting
import NIOCore

/// Numbered messages of 1 KiB, and how to read thousands of them without a WebSocket library's cost.
enum Numbered {
    static let size = 1024

    /// Frames of a client, binary, in one piece. Their mask is zero, so that they cost nothing to make.
    static func clientFrames(_ numbers: Range<Int>) -> ByteBuffer {
        var bytes = ByteBuffer()
        bytes.reserveCapacity(numbers.count * (size + 8))
        for number in numbers {
            bytes.writeMultipleIntegers(UInt8(0x82), UInt8(0x80 | 126), UInt16(size), UInt32(0), UInt64(number))
            bytes.writeRepeatingByte(UInt8(truncatingIfNeeded: number), count: size - 8)
        }
        return bytes
    }

    /// The number of a payload, if it is whole.
    static func number(_ payload: ByteBuffer) -> Int? {
        guard payload.readableBytes == size, let number = payload.getInteger(at: payload.readerIndex, as: UInt64.self)
        else { return nil }
        let filler = payload.readableBytesView.dropFirst(8)
        guard filler.first == UInt8(truncatingIfNeeded: number), filler.last == filler.first else { return nil }
        return Int(number)
    }
}

extension RawSocket {
    /// What came of reading numbered messages.
    struct Run: Sendable {
        /// The first number, and the number after the last one that came without a gap.
        var numbers: Range<Int>
        var closeCode: Int?
        var closeReason: String?
    }

    /// Reads numbered messages, each of which has to be the one after that before, up to `end` or a close frame. Pings
    /// are answered.
    ///
    /// - Parameters:
    ///   - seconds: for all of it; pings do not prolong it.
    ///   - pause: called after every read.
    func readNumbered(
        to end: Int,
        within seconds: Double = 40,
        pause: @Sendable () async throws -> Void = {}
    ) async throws -> Run {
        let start = ContinuousClock.now
        var next: Int?
        var first = 0
        while next != end {
            var bytes = try await client.read(
                within: seconds - (ContinuousClock.now - start) / .seconds(1),
                wholeFrames
            )
            while let frame = bytes.readServerFrame() {
                if let code = frame.closeCode {
                    let reason = String(decoding: frame.payload.readableBytesView.dropFirst(2), as: UTF8.self)
                    return Run(numbers: first..<(next ?? 0), closeCode: code, closeReason: reason)
                }
                if frame.opcode == 9 {
                    try await send(ClientFrame(opcode: 10, payload: Array(frame.payload.readableBytesView)))
                    continue
                }
                guard let number = Numbered.number(frame.payload) else {
                    throw TestFailure("a frame of opcode \(frame.opcode) with \(frame.payload.readableBytes) bytes")
                }
                if next == nil { first = number }
                guard number == next ?? number else { throw TestFailure("\(number) came after \((next ?? 0) - 1)") }
                next = number + 1
            }
            try await pause()
        }
        return Run(numbers: first..<end)
    }
}
