/// The encoded segments of one topic and encoding that a shard has at hand: the newest one, which live delivery
/// extends, and some older ones while subscriptions read them.
struct EncodingCache {
    private var segments: [(logFirst: UInt64, encoded: EncodedSegment)] = []

    /// How many segments are kept for those who catch up.
    private static let limit = 8

    /// The frames of `segment` from `sequence` on, encoding what is not there yet.
    mutating func frames(
        of segment: TopicLog.Segment,
        from sequence: UInt64,
        encode: (Message, UInt64, EncodedSegment) -> Void
    ) -> EncodedSegment {
        var encoded = EncodedSegment(first: sequence)
        if let index = segments.lastIndex(where: { $0.logFirst == segment.first }) {
            let cached = segments[index].encoded
            if cached.first <= sequence, sequence <= cached.last + 1 {
                encoded = cached
            } else {
                // somebody reads from further back than those before: the whole segment, so that all can share it
                encoded = EncodedSegment(first: segment.first)
                segments[index].encoded = encoded
            }
        } else {
            if segments.count >= EncodingCache.limit { segments.removeFirst() }
            segments.append((segment.first, encoded))
        }
        while encoded.last < segment.last {
            let next = encoded.last + 1
            encode(segment.messages[Int(next - segment.first)], next, encoded)
        }
        return encoded
    }

    /// Keeps only the newest segment; nobody reads the others.
    mutating func trim() {
        guard segments.count > 1 else { return }
        let newest = segments.max { $0.logFirst < $1.logFirst }
        segments = newest.map { [$0] } ?? []
    }
}
