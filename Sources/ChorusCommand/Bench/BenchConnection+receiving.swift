import ChorusClient
import NIOCore
import WebSocketWire

extension BenchConnection {
    /// Takes a receive buffer apart. The clock is read once for all of it.
    func take(_ buffer: inout ByteBuffer) {
        guard !hasEnded else { return }
        let now = NIODeadline.now().uptimeNanoseconds
        repeat {
            if !reader.isMidMessage { takeWholeTexts(&buffer, now) }
            guard let event = reader.next(from: &buffer) else { return }
            handle(event, now)
        } while buffer.readableBytes > 0 && !hasEnded
    }

    /// The fast way: text frames that are all there are looked at where they are. Everything else, and the judgement
    /// on it, is left to the reader, which makes a message of its own from each frame.
    private func takeWholeTexts(_ buffer: inout ByteBuffer, _ now: UInt64) {
        let taken = buffer.withUnsafeReadableBytes { bytes in
            var start = 0
            while let payload = Self.wholeText(bytes, at: start) {
                take(UnsafeRawBufferPointer(rebasing: bytes[payload]), now)
                start = payload.upperBound
            }
            return start
        }
        buffer.moveReaderIndex(forwardBy: taken)
    }

    /// Where the payload is of a frame that is text, final, not masked and all there.
    private static func wholeText(_ bytes: UnsafeRawBufferPointer, at start: Int) -> Range<Int>? {
        guard bytes.count - start >= 4, bytes[start] == 0x81 else { return nil }
        let size: Int
        let headerSize: Int
        switch bytes[start + 1] {
        case let short where short <= 125:
            (size, headerSize) = (Int(short), 2)
        case 126:
            let long = bytes.loadUnaligned(fromByteOffset: start + 2, as: UInt16.self)
            (size, headerSize) = (Int(UInt16(bigEndian: long)), 4)
        default:
            return nil
        }
        let payload = start + headerSize
        return bytes.count - payload >= size ? payload..<(payload + size) : nil
    }

    private func handle(_ event: WebSocketEvent, _ now: UInt64) {
        switch event {
        case .message(let message):
            message.payload.withUnsafeReadableBytes { take($0, now) }
        case .ping(let payload):
            var pong = ByteBuffer()
            WebSocketFrame.write(.pong, payload, mask: masks.next(), into: &pong)
            context?.writeAndFlush(wrapOutboundOut(pong), promise: nil)
        case .pong:
            break
        case .close, .failure:
            end()
            context?.close(promise: nil)
        }
    }

    /// Counts one message; what is not from this run is somebody else's and does not count.
    private func take(_ payload: UnsafeRawBufferPointer, _ now: UInt64) {
        guard let message = BenchMessage(payload, plan.mark, offset: &offset) else { return }
        let publisher = Int(message.publisher)
        guard publisher < numbers.count else { return }
        guard message.number > 0 else {
            if !isReady { loop.counters.ready += 1 }
            isReady = true
            return
        }
        let last = numbers[publisher]
        if message.number > last {
            loop.counters.lost += message.number - last - 1
            loop.counters.progress += message.number - last
            numbers[publisher] = message.number
        } else {
            loop.counters.outOfOrder += 1
            // It was counted as lost when it was passed, unless this is a repetition.
            if loop.counters.lost > 0 { loop.counters.lost -= 1 }
        }
        loop.counters.deliveries += 1
        loop.counters.lastDelivery = now
        loop.latencies.record(now - min(now, message.time))
        if let own = self.publisher, own.index == message.publisher { own.hasReturned(message.number) }
    }
}
