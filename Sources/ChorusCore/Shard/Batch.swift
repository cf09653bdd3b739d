/// What a pass writes to the subscriptions of one encoding: frames of one or more segments, and where they lie in
/// memory. Valid until one of the segments is appended to, so it is made anew for every slice of a pass; the object is
/// kept, so that nothing is allocated for that.
final class Batch {
    private(set) var pieces: ContiguousArray<(segment: EncodedSegment, frames: Range<Int>)> = []
    private var memory = UnsafeMutableBufferPointer<UnsafeRawBufferPointer>.allocate(capacity: 4)
    private(set) var size = 0
    /// How many frames with bytes it has.
    private(set) var count = 0
    /// Some of the frames are not for everybody.
    private(set) var hasExclusions = false

    deinit { memory.deallocate() }

    var isEmpty: Bool { pieces.isEmpty }

    /// Where the pieces lie.
    var bytes: UnsafeBufferPointer<UnsafeRawBufferPointer> { .init(rebasing: memory[..<pieces.count]) }

    func append(_ segment: EncodedSegment, _ frames: Range<Int>) {
        let bytes = segment.bytes(frames)
        reserve(pieces.count + 1)
        memory.initializeElement(at: pieces.count, to: bytes)
        pieces.append((segment, frames))
        size += bytes.count
        count += segment.count(frames)
        if segment.exclusions.contains(where: { frames.contains($0.frame) }) { hasExclusions = true }
    }

    /// Whether some of the frames are not for this session.
    func excludes(_ session: SessionID) -> Bool {
        hasExclusions
            && pieces.contains { piece in
                piece.segment.exclusions.contains { $0.session == session && piece.frames.contains($0.frame) }
            }
    }

    func clear() {
        pieces.removeAll(keepingCapacity: true)
        size = 0
        count = 0
        hasExclusions = false
    }

    private func reserve(_ count: Int) {
        guard count > memory.count else { return }
        let grown = UnsafeMutableBufferPointer<UnsafeRawBufferPointer>.allocate(capacity: memory.count * 2)
        _ = grown.moveInitialize(fromContentsOf: memory[..<pieces.count])
        memory.deallocate()
        memory = grown
    }
}
