import NIOCore

/// Finds what a target has in common with a source.
struct FossilEncoder {
    private let source: UnsafeRawBufferPointer
    private let target: UnsafeRawBufferPointer
    private var delta = ByteBuffer()
    /// How many bytes of the target the delta makes so far.
    private var done = 0

    /// Both have to live until ``encode()`` has returned.
    init(source: UnsafeRawBufferPointer, target: UnsafeRawBufferPointer) {
        self.source = source
        self.target = target
    }

    mutating func encode() -> ByteBuffer {
        begin()
        if min(source.count, target.count) >= FossilIndex.blockSize { copyWhatIsCommon() }
        insert(upTo: target.count)
        if delta.readableBytes > target.count {
            // copies of little parts far away can take more room than the parts
            begin()
            insert(upTo: target.count)
        }
        delta.writeFossil(FossilDelta.checksum(target))
        delta.writeInteger(UInt8(ascii: ";"))
        return delta
    }

    private mutating func begin() {
        delta.clear()
        delta.writeFossil(UInt32(target.count))
        delta.writeInteger(UInt8(ascii: "\n"))
        done = 0
    }

    private mutating func copyWhatIsCommon() {
        let index = FossilIndex(source)
        var place = 0
        while place + FossilIndex.blockSize <= target.count {
            var hash = RollingHash(target, at: place)
            var match = longestMatch(at: place, hash, index)
            while match == nil, place + FossilIndex.blockSize < target.count {
                hash.roll(target[place], target[place + FossilIndex.blockSize])
                place += 1
                match = longestMatch(at: place, hash, index)
            }
            guard let match else { return }
            insert(upTo: match.start)
            copy(match)
            place = done
        }
    }

    // MARK: Matches

    private struct Match {
        /// Where it is in the target.
        var start: Int
        /// Where it is in the source.
        var offset: Int
        var length: Int
    }

    /// The longest match that a block at `place` is part of; `nil` if none is worth a copy. What is looked at in vain
    /// is little longer than a block, so the time is bounded by the bytes that are copied.
    private func longestMatch(at place: Int, _ hash: RollingHash, _ index: FossilIndex) -> Match? {
        var longest: Match?
        index.search(hash) { offset in
            let match = aligned(extended(Match(start: place, offset: offset, length: 0)))
            if match.length >= FossilIndex.blockSize, match.length > longest?.length ?? 0 { longest = match }
            return match.start + match.length == target.count
        }
        return longest
    }

    /// Everything before and behind that is the same too, up to what is done.
    private func extended(_ match: Match) -> Match {
        var (start, offset) = (match.start, match.offset)
        var (end, sourceEnd) = (start, offset)
        while end < target.count, sourceEnd < source.count, target[end] == source[sourceEnd] {
            end += 1
            sourceEnd += 1
        }
        while start > done, offset > 0, target[start - 1] == source[offset - 1] {
            start -= 1
            offset -= 1
        }
        return Match(start: start, offset: offset, length: end - start)
    }

    /// Without the bytes of characters that it has only a part of. A character has at most three continuation bytes
    /// (RFC 3629 section 3); a target that has more in a row is not UTF-8, and may be cut anywhere.
    private func aligned(_ match: Match) -> Match {
        let matchEnd = match.start + match.length
        var (start, end) = (match.start, matchEnd)
        while start < min(matchEnd, match.start + 3), isContinuation(start) { start += 1 }
        while end > max(start, matchEnd - 3), end < target.count, isContinuation(end) { end -= 1 }
        return Match(start: start, offset: match.offset + start - match.start, length: end - start)
    }

    private func isContinuation(_ place: Int) -> Bool { target[place] & 0xC0 == 0x80 }

    // MARK: Writing

    private mutating func insert(upTo end: Int) {
        guard end > done else { return }
        delta.writeFossil(UInt32(end - done))
        delta.writeInteger(UInt8(ascii: ":"))
        delta.writeBytes(UnsafeRawBufferPointer(rebasing: target[done..<end]))
        done = end
    }

    private mutating func copy(_ match: Match) {
        delta.writeFossil(UInt32(match.length))
        delta.writeInteger(UInt8(ascii: "@"))
        delta.writeFossil(UInt32(match.offset))
        delta.writeInteger(UInt8(ascii: ","))
        done = match.start + match.length
    }
}
