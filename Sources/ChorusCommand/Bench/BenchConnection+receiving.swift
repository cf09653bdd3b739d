import ChorusClient
import NIOCore
import WebSocketWire

extension BenchConnection {
    /// Takes a receive buffer apart. The clock is read once for all of it.
    func take(_ buffer: inout ByteBuffer) {
        guard !hasEnded else { return }
        let now = NIODeadline.now().uptimeNanoseconds
        repeat {
            if !reader.isMidMessage { takeWholeMessages(&buffer, now) }
            guard let event = reader.next(from: &buffer) else { return }
            handle(event, now)
        } while buffer.readableBytes > 0 && !hasEnded
    }

    /// The fast way: messages in one frame that is all there are looked at where they are. Everything else, and the
    /// judgement on it, is left to the reader, which makes a message of its own from each frame.
    private func takeWholeMessages(_ buffer: inout ByteBuffer, _ now: UInt64) {
        let taken = buffer.withUnsafeReadableBytes { bytes in
            var start = 0
            while let payload = Self.wholeMessage(bytes, at: start) {
                take(UnsafeRawBufferPointer(rebasing: bytes[payload]), now)
                start = payload.upperBound
            }
            return start
        }
        buffer.moveReaderIndex(forwardBy: taken)
    }

    /// Where the payload is of a frame that is text or binary, final, not masked and all there.
    private static func wholeMessage(_ bytes: UnsafeRawBufferPointer, at start: Int) -> Range<Int>? {
        guard bytes.count - start >= 4, bytes[start] == 0x81 || bytes[start] == 0x82 else { return nil }
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
        guard let message = BenchMessage(payload, mark, offset: &offset) else { return }
        let publisher = Int(message.publisher)
        guard message.number > 0 else { return takeProbe(message) }
        guard message.topic == topic, publisher < numbers.count, publisher != unexpected else {
            loop.counters.misdelivered += 1
            return
        }
        if message.number == numbers[publisher] + 1 {
            numbers[publisher] = message.number
            loop.counters.progress += 1
        } else if !takeOutOfTurn(message.number, of: publisher) {
            return
        }
        loop.counters.deliveries += 1
        loop.counters.lastDelivery = now
        loop.latencies.recordLatency(now - min(now, message.time))
        if publisher == listened { arrived = max(arrived, message.number) }
    }

    /// Counts what is not the next one. Returns whether it comes for the first time.
    private func takeOutOfTurn(_ number: UInt64, of publisher: Int) -> Bool {
        let last = numbers[publisher]
        if number > last {
            loop.counters.lost += number - last - 1
            loop.counters.progress += number - last
            numbers[publisher] = number
            missing[publisher, default: MissingNumbers()].add((last + 1)...(number - 1))
            return true
        }
        guard missing[publisher]?.remove(number) == true else {
            loop.counters.duplicates += 1
            return false
        }
        loop.counters.lost -= 1
        loop.counters.outOfOrder += 1
        return true
    }

    private func takeProbe(_ message: BenchMessage) {
        guard message.topic == topic else { return }
        if Int(message.publisher) == ownPublisher {
            if !isHearingItself { loop.counters.echoed += 1 }
            isHearingItself = true
        } else {
            if !isHearing { loop.counters.hearing += 1 }
            isHearing = true
        }
    }
}
