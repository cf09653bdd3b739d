/// What a pass writes to the subscriptions of one encoding: frames of one or more segments, and where they lie in
/// memory. Valid until one of the segments is appended to, so it is made anew for every slice of a pass.
struct Batch {
    private(set) var pieces: [(segment: EncodedSegment, frames: Range<Int>)] = []
    private(set) var bytes: ContiguousArray<UnsafeRawBufferPointer> = []
    private(set) var size = 0
    private(set) var count = 0
    /// Some frame is not for everybody.
    private(set) var hasExclusions = false

    mutating func append(_ segment: EncodedSegment, _ frames: Range<Int>) {
        let bytes = segment.bytes(frames)
        pieces.append((segment, frames))
        self.bytes.append(bytes)
        size += bytes.count
        count += frames.count
        if segment.exclusions.contains(where: { frames.contains($0.frame) }) { hasExclusions = true }
    }

    func excludes(_ session: SessionID) -> Bool {
        pieces.contains { piece in
            piece.segment.exclusions.contains { $0.session == session && piece.frames.contains($0.frame) }
        }
    }
}
