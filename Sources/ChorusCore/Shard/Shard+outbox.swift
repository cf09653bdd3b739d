import NIOCore

extension Shard {
    /// Writes what one session alone is to receive. Returns whether its topics may go on.
    func flushOutbox(_ session: Session) -> Bool {
        while !session.outbox.isEmpty {
            guard let transport = session.transport else { return false }
            // taken out before it is written, because a transport may close its session meanwhile
            let entry = session.takeReply()
            let size = entry.readableBytes
            let written = entry.withUnsafeReadableBytes { bytes in
                withUnsafePointer(to: bytes) { write(.init(start: $0, count: 1), size: size, to: session) }
            }
            if written == .taken(size) { continue }
            session.isBusy = true
            if case .taken(let taken) = written {
                transport.writeLater(
                    entry.getSlice(at: entry.readerIndex + taken, length: size - taken) ?? ByteBuffer()
                )
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
