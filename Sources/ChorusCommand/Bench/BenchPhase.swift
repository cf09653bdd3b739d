/// A part of a run: the warm-up, or what is measured.
struct BenchPhase: Sendable {
    /// How many messages are published, all publishers together; nil for as many as fit into the time.
    let messages: Int?
    /// In seconds, how long is published at most.
    let time: Double

    static func warmUp(_ options: BenchOptions) -> BenchPhase {
        BenchPhase(messages: options.rate.map { due($0, options.warmUp) }, time: options.warmUp)
    }

    static func measured(_ options: BenchOptions) -> BenchPhase {
        let time = options.duration ?? (options.messages == nil ? 10 : .infinity)
        // A rate and a time are a number, so that what the server did not take in time is known to be missing.
        let due = options.rate.flatMap { time.isFinite ? Self.due($0, time) : nil }
        let fewest = [options.messages, due].compactMap(\.self).min()
        // The last one is due shortly before the end and must not be late for it.
        return BenchPhase(messages: fewest, time: options.rate == nil ? time : time + 0.05)
    }

    private static func due(_ rate: Double, _ time: Double) -> Int {
        // a bit less, because 0.1 s of 30 a second are not 3.0000000000000004
        Int((rate * time - 1e-6).rounded(.up))
    }

    /// How many of them publisher `index` publishes.
    func messages(ofPublisher index: Int, of count: Int) -> UInt64 {
        messages.map { UInt64(BenchOptions.share(of: $0, among: count, index)) } ?? .max
    }
}
