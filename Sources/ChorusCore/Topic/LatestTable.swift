/// The newest message of every key, with its sequence. Messages without a key share one entry.
struct LatestTable: Sendable {
    private var entries: [String?: (sequence: UInt64, message: Message)] = [:]

    mutating func record(_ message: Message, sequence: UInt64) {
        entries[message.key] = (sequence, message)
    }

    mutating func clear() { entries.removeAll() }

    /// The newest messages after `sequence`, in the order they were published.
    func messages(after sequence: UInt64) -> [(sequence: UInt64, message: Message)] {
        entries.values.filter { $0.sequence > sequence }.sorted { $0.sequence < $1.sequence }
    }
}
