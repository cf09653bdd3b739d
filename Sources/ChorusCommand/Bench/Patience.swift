import NIOCore

/// Waits as long as something changes.
struct Patience {
    /// In seconds.
    var limit: Double
    private var value: UInt64?
    private var since = NIODeadline.now()

    init(limit: Double) { self.limit = limit }

    /// Returns whether it has changed within the limit and a pause, in seconds.
    mutating func holds(_ value: some BinaryInteger, at now: NIODeadline = .now(), pause: Double = 0) -> Bool {
        if UInt64(value) != self.value {
            self.value = UInt64(value)
            since = now
        }
        return (now - since).seconds < limit + pause
    }
}
