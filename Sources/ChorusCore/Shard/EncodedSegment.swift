import NIOCore

/// The frames of a run of messages in one encoding, in one piece of memory, with a table of their ends.
///
/// Live delivery, catching up and the rest of a cut write all read these. It owns its memory, so that pointers into it
/// stay valid until it is appended to or released; both happen only on its shard.
final class EncodedSegment {
    /// The sequence of the first frame's message.
    let first: UInt64
    private var sequences: [UInt64]?
    private(set) var ends: [Int] = []
    /// Frames that one session is not to receive.
    private(set) var exclusions: [(frame: Int, session: SessionID)] = []
    /// Frames without bytes: of what this encoding cannot say.
    private var blanks: [Int] = []
    private var memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)

    init(first: UInt64) { self.first = first }

    /// Makes frames whose messages are not contiguous; give their sequences to ``append(_:sequence:excluded:)``.
    init(sparse first: UInt64) {
        self.first = first
        self.sequences = []
    }

    deinit { memory.deallocate() }

    var count: Int { ends.count }
    var size: Int { ends.last ?? 0 }
    /// The sequence of the newest frame's message; `first - 1` while empty.
    var last: UInt64 { count == 0 ? first - 1 : sequence(of: count - 1) }

    func sequence(of frame: Int) -> UInt64 { sequences?[frame] ?? first + UInt64(frame) }

    /// The frame of a message; only for contiguous segments.
    func frame(of sequence: UInt64) -> Int { Int(sequence - first) }

    /// The frames of the messages from behind one sequence to another.
    func frames(after start: UInt64, through end: UInt64) -> Range<Int> {
        guard let sequences else { return frame(of: start + 1)..<frame(of: end) + 1 }
        let low = sequences.firstIndex { $0 > start } ?? sequences.count
        return low..<(sequences[low...].firstIndex { $0 > end } ?? sequences.count)
    }

    func append(_ frame: UnsafeRawBufferPointer, sequence: UInt64, excluded: SessionID?) {
        let size = self.size
        reserve(size + frame.count)
        if let target = memory.baseAddress, let source = frame.baseAddress {
            (target + size).copyMemory(from: source, byteCount: frame.count)
        }
        if frame.isEmpty { blanks.append(ends.count) }
        if let excluded { exclusions.append((ends.count, excluded)) }
        ends.append(size + frame.count)
        sequences?.append(sequence)
    }

    /// How many of these frames have bytes.
    func count(_ frames: Range<Int>) -> Int {
        blanks.isEmpty ? frames.count : frames.count - blanks.count { frames.contains($0) }
    }

    func bytes(_ frames: Range<Int>) -> UnsafeRawBufferPointer {
        guard !frames.isEmpty else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        let start = frames.lowerBound == 0 ? 0 : ends[frames.lowerBound - 1]
        return UnsafeRawBufferPointer(rebasing: memory[start..<ends[frames.upperBound - 1]])
    }

    /// Calls `body` with the runs of `frames` that are for a session, until it answers `false`. Returns whether it
    /// never did.
    @discardableResult
    func forEachRun(of frames: Range<Int>, for session: SessionID, _ body: (Range<Int>) -> Bool) -> Bool {
        var start = frames.lowerBound
        for exclusion in exclusions where exclusion.session == session && frames.contains(exclusion.frame) {
            if start < exclusion.frame, !body(start..<exclusion.frame) { return false }
            start = exclusion.frame + 1
        }
        return start >= frames.upperBound || body(start..<frames.upperBound)
    }

    /// The frame in which a write of `frames` stopped that was taken up to `offset`, and how much of it was taken.
    func position(of offset: Int, in frames: Range<Int>) -> (frame: Int, taken: Int) {
        let start = frames.lowerBound == 0 ? 0 : ends[frames.lowerBound - 1]
        var low = frames.lowerBound
        var high = frames.upperBound - 1
        while low < high {
            let middle = (low + high) / 2
            if ends[middle] > start + offset { high = middle } else { low = middle + 1 }
        }
        return (low, start + offset - (low == 0 ? 0 : ends[low - 1]))
    }

    private func reserve(_ size: Int) {
        guard size > memory.count else { return }
        let grown = UnsafeMutableRawBufferPointer.allocate(byteCount: max(256, size, memory.count * 2), alignment: 1)
        grown.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[0..<self.size]))
        memory.deallocate()
        memory = grown
    }
}
