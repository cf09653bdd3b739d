/// Publishes messages with numbers and times. On its event loop only.
protocol BenchPublisher: AnyObject {
    var index: Int { get }

    /// Sends a message that does not count, by which connections notice that they receive.
    func probe()

    /// Begins to publish so many messages; `.max` for without an end.
    func begin(_ messages: UInt64, at now: UInt64)

    /// Publishes no more.
    func stop(at now: UInt64)
}
