/// The encoded segments of one topic and encoding that a shard has at hand: the newest one, which live delivery
/// extends, and older ones while subscriptions read them.
struct EncodingCache {
    /// What the next message may be encoded as a difference to: of large ones the log keeps none.
    final class Base {
        /// The newest message that was encoded.
        private var message: Message?
        /// Up to here there is no other.
        private var through: UInt64 = 0

        /// The message before another, if it is this.
        func before(_ sequence: UInt64) -> Message? { sequence == through + 1 ? message : nil }

        /// An entry of the log was encoded.
        func take(_ entry: Message, _ sequence: UInt64) {
            message = entry.notice == nil ? entry : before(sequence)
            through = sequence
        }
    }

    /// Only where messages are encoded as differences; an object, because there may be a million of these without one.
    var base: Base?
    private var segments: [(logFirst: UInt64, encoded: EncodedSegment)] = []

    /// How many bytes are kept: what a pass writes, and as much again for those who catch up.
    private static let limit = 512 << 10
    /// What a segment counts at least.
    private static let leastSize = 4 << 10

    /// The frames of `segment` from `sequence` on, encoding what is not there yet.
    mutating func frames(
        of segment: TopicLog.Segment,
        from sequence: UInt64,
        encode: (Message, UInt64, EncodedSegment) -> Void
    ) -> EncodedSegment {
        let encoded = self.encoded(segment, from: sequence)
        while encoded.last < segment.last {
            let next = encoded.last + 1
            encode(segment.messages[Int(next - segment.first)], next, encoded)
        }
        return encoded
    }

    /// What there is of `segment`, if it begins early enough; otherwise a new beginning.
    private mutating func encoded(_ segment: TopicLog.Segment, from sequence: UInt64) -> EncodedSegment {
        guard let index = segments.lastIndex(where: { $0.logFirst == segment.first }) else {
            makeRoom()
            let encoded = EncodedSegment(first: sequence)
            segments.append((segment.first, encoded))
            return encoded
        }
        let cached = segments[index].encoded
        if cached.first <= sequence { return cached }
        // somebody reads from further back than those before: the whole segment, so that all can share it
        let encoded = EncodedSegment(first: segment.first)
        segments[index].encoded = encoded
        return encoded
    }

    /// How many bytes are kept.
    var size: Int { segments.reduce(0) { $0 + max($1.encoded.size, EncodingCache.leastSize) } }

    private mutating func makeRoom() {
        var size = self.size
        while size >= EncodingCache.limit {
            size -= max(segments.removeFirst().encoded.size, EncodingCache.leastSize)
        }
    }

    /// Keeps only the newest segment, if it is small; nobody reads the others.
    mutating func trim() {
        guard segments.count > 1 || segments.first?.encoded.size ?? 0 > LiveTopic.keptBytes,
            let newest = segments.max(by: { $0.logFirst < $1.logFirst })
        else { return }
        segments = newest.encoded.size > LiveTopic.keptBytes ? [] : [newest]
    }
}
