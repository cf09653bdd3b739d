import NIOCore

/// A run of kept messages, packed: their payloads one behind the other, and 24 bytes for each besides. What most
/// messages do not have, a key, tags or a publisher that is told, is kept apart.
struct HistorySegment: Sendable {
    private struct Entry: Sendable {
        /// Milliseconds since 1970, for those who read it.
        let time: Int64
        /// When it came, for its age.
        let arrival: NIODeadline
        /// Where its payload ends.
        let end: UInt32
        let kind: Message.Kind
    }

    private struct Labels: Sendable {
        let key: String?
        let tags: [String: String]
        let from: Publisher?
        let bytes: Int
    }

    /// The offset of the first message.
    let first: UInt64
    private var entries: [Entry] = []
    private var payloads: [UInt8] = []
    private var labels: [Int: Labels] = [:]
    private var labelBytes = 0

    /// A segment that has so many messages or bytes takes no more. One message may be larger.
    static let maximumMessages = 64
    static let maximumBytes = 32 << 10

    init(first: UInt64) { self.first = first }

    var isEmpty: Bool { entries.isEmpty }
    var last: UInt64 { first + UInt64(entries.count) - 1 }
    var isFull: Bool {
        entries.count >= HistorySegment.maximumMessages || payloads.count >= HistorySegment.maximumBytes
    }

    /// About what it costs.
    var cost: Int { payloads.count + entries.count * MemoryLayout<Entry>.stride + labelBytes + HistorySegment.overhead }

    private static let overhead = 128

    mutating func append(_ message: Message, at now: NIODeadline) {
        payloads.append(contentsOf: message.payload.readableBytesView)
        entries.append(Entry(time: message.time, arrival: now, end: UInt32(payloads.count), kind: message.kind))
        if message.hasLabels {
            labels[entries.count - 1] = Labels(
                key: message.key,
                tags: message.tags,
                from: message.from,
                bytes: message.labelBytes
            )
            labelBytes += message.labelCost
        }
        if isFull { shrink() }
    }

    /// Gives back what the arrays have taken for growing.
    private mutating func shrink() {
        entries = Array(unsafeUninitializedCapacity: entries.count) { [entries] buffer, count in
            count = entries.count
            _ = buffer.initialize(from: entries)
        }
        payloads = Array(unsafeUninitializedCapacity: payloads.count) { [payloads] buffer, count in
            count = payloads.count
            _ = buffer.initialize(from: payloads)
        }
    }

    func arrival(of offset: UInt64) -> NIODeadline { entries[Int(offset - first)].arrival }

    /// Payload, key and tags.
    func size(of offset: UInt64) -> Int {
        let index = Int(offset - first)
        return range(index).count + (labels.isEmpty ? 0 : labels[index]?.bytes ?? 0)
    }

    private func range(_ index: Int) -> Range<Int> {
        (index == 0 ? 0 : Int(entries[index - 1].end))..<Int(entries[index].end)
    }

    func message(_ offset: UInt64, epoch: UInt64) -> Message {
        let index = Int(offset - first)
        let labels = labels[index]
        var message = Message(
            entries[index].kind,
            ByteBuffer(bytes: payloads[range(index)]),
            key: labels?.key,
            tags: labels?.tags ?? [:]
        )
        message.from = labels?.from
        message.epoch = epoch
        message.offset = offset
        message.time = entries[index].time
        return message
    }
}
