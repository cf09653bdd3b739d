import NIOCore

extension Shard {
    /// Writes frames of one segment to one subscription, without those that are not for it, and moves its cursor.
    /// Returns whether the session can take more.
    func write(_ segment: EncodedSegment, _ frames: Range<Int>, to subscription: Subscription) -> Bool {
        let session = subscription.session
        var start = frames.lowerBound
        for exclusion in segment.exclusions where exclusion.session == session.id && frames.contains(exclusion.frame) {
            guard writeRun(segment, start..<exclusion.frame, to: subscription) else { return false }
            subscription.cursor = segment.sequence(of: exclusion.frame)
            start = exclusion.frame + 1
        }
        return writeRun(segment, start..<frames.upperBound, to: subscription)
    }

    private func writeRun(_ segment: EncodedSegment, _ frames: Range<Int>, to subscription: Subscription) -> Bool {
        guard !frames.isEmpty else { return true }
        guard let transport = subscription.session.transport else { return false }
        let bytes = segment.bytes(frames)
        counters.writes += 1
        switch withUnsafePointer(to: bytes, { transport.write(.init(start: $0, count: 1), size: bytes.count) }) {
        case .taken(bytes.count):
            subscription.cursor = segment.sequence(of: frames.upperBound - 1)
            counters.deliveries += UInt64(frames.count)
            return true
        case .taken(let taken):
            cut(subscription, segment, frames, taken: taken)
        case .queued:
            subscription.session.isBusy = true
            subscription.cursor = segment.sequence(of: frames.upperBound - 1)
            counters.deliveries += UInt64(frames.count)
        case .gone:
            subscription.topic.fallsBehind(subscription)
        }
        return false
    }

    /// The client's socket took only `taken` bytes of these frames. The rest of the cut frame, or the first frame whole
    /// if nothing was taken, is left to the transport, and the subscription stops there.
    func cut(_ subscription: Subscription, _ segment: EncodedSegment, _ frames: Range<Int>, taken: Int) {
        let start = frames.lowerBound == 0 ? 0 : segment.ends[frames.lowerBound - 1]
        var low = frames.lowerBound
        var high = frames.upperBound - 1
        while low < high {
            let middle = (low + high) / 2
            if segment.ends[middle] > start + taken { high = middle } else { low = middle + 1 }
        }
        let frame = segment.bytes(low..<low + 1)
        let written = start + taken - (segment.ends[low] - frame.count)
        let rest = UnsafeRawBufferPointer(rebasing: frame[written...])
        counters.cuts += 1
        counters.deliveries += UInt64(low + 1 - frames.lowerBound)
        subscription.cursor = segment.sequence(of: low)
        subscription.topic.fallsBehind(subscription)
        subscription.topic.cursorMoved()
        subscription.session.isBusy = true
        subscription.session.transport?.writeLater(ByteBuffer(bytes: rest))
    }

    /// Writes what one session alone is to receive. Returns whether its topics may go on.
    func flushOutbox(_ session: Session) -> Bool {
        while let first = session.outbox.first {
            guard let transport = session.transport else { return false }
            let size = first.readableBytes
            let written = first.withUnsafeReadableBytes { bytes in
                withUnsafePointer(to: bytes) { transport.write(.init(start: $0, count: 1), size: size) }
            }
            var rest = session.outbox.removeFirst()
            switch written {
            case .taken(size): continue
            case .taken(let taken):
                rest.moveReaderIndex(forwardBy: taken)
                session.isBusy = true
                transport.writeLater(rest)
            case .queued: session.isBusy = true
            case .gone: break
            }
            return false
        }
        if session.isOutboxPressed {
            session.isOutboxPressed = false
            session.transport?.resumeReading()
        }
        return true
    }
}
