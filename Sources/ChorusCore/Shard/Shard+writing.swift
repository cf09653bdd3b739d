import NIOCore

extension Shard {
    /// Hands bytes to a session's client: straight to its socket, or to its transport where there is none. What has no
    /// bytes is taken at once.
    func write(
        _ pieces: UnsafeBufferPointer<UnsafeRawBufferPointer>,
        size: Int,
        to session: Session
    ) -> Written {
        guard size > 0 else { return .taken(0) }
        tally.writes += 1
        guard session.socket != .none else { return session.transport?.write(pieces, size: size) ?? .gone }
        return written(sockets.write(pieces, to: session.socket), by: session)
    }

    /// What a socket's answer means for its session.
    func written(_ outcome: Socket.Outcome, by session: Session) -> Written {
        switch outcome {
        case .taken(let count): return .taken(count)
        case .failed:
            session.socketIsGone()
            session.transport?.socketFailed()
            return .gone
        }
    }

    /// Writes frames of one segment to one subscription, without those that are not for it, and moves its cursor.
    /// Returns whether the session can take more.
    func write(_ segment: EncodedSegment, _ frames: Range<Int>, to subscription: Subscription) -> Bool {
        let isOpen = segment.forEachRun(of: frames, for: subscription.session.id) { run in
            writeRun(segment, run, to: subscription)
        }
        if isOpen, !frames.isEmpty { subscription.cursor = segment.sequence(of: frames.upperBound - 1) }
        return isOpen
    }

    private func writeRun(_ segment: EncodedSegment, _ frames: Range<Int>, to subscription: Subscription) -> Bool {
        let session = subscription.session
        guard !session.isClosed else { return false }
        let bytes = segment.bytes(frames)
        switch withUnsafePointer(to: bytes, { write(.init(start: $0, count: 1), size: bytes.count, to: session) }) {
        case .taken(bytes.count):
            subscription.cursor = segment.sequence(of: frames.upperBound - 1)
            tally.deliveries += UInt64(segment.count(frames))
            return true
        case .taken(let taken):
            cut(subscription, segment, frames, taken: taken)
        case .queued:
            session.isBusy = true
            subscription.cursor = segment.sequence(of: frames.upperBound - 1)
            tally.deliveries += UInt64(segment.count(frames))
        case .gone:
            session.isBusy = true
            subscription.topic.fallsBehind(subscription)
        }
        return false
    }

    /// The client's socket took only `taken` bytes of a batch.
    func cut(_ subscription: Subscription, _ batch: Batch, taken: Int) {
        var taken = taken
        for piece in batch.pieces {
            let size = piece.segment.bytes(piece.frames).count
            guard taken >= size else {
                cut(subscription, piece.segment, piece.frames, taken: taken)
                return
            }
            taken -= size
            tally.deliveries += UInt64(piece.segment.count(piece.frames))
        }
    }

    /// The client's socket took only `taken` bytes of these frames. The rest of the cut frame, or the next frame whole
    /// if none was cut, is left to the transport, and the subscription stops there.
    func cut(_ subscription: Subscription, _ segment: EncodedSegment, _ frames: Range<Int>, taken: Int) {
        let (frame, written) = segment.position(of: taken, in: frames)
        let rest = UnsafeRawBufferPointer(rebasing: segment.bytes(frame..<frame + 1)[written...])
        tally.cuts += 1
        tally.deliveries += UInt64(segment.count(frames.lowerBound..<frame + 1))
        subscription.cursor = segment.sequence(of: frame)
        subscription.topic.fallsBehind(subscription)
        subscription.topic.cursorMoved()
        subscription.session.isBusy = true
        subscription.session.transport?.writeLater(ByteBuffer(bytes: rest))
    }
}
