/// All event loops of a run.
struct BenchLoops: Sendable {
    let handles: [BenchLoopHandle]

    func execute(_ work: @escaping @Sendable (BenchLoop) -> Void) {
        for handle in handles { handle.execute(work) }
    }

    @discardableResult
    func submit<Value: Sendable>(_ work: @escaping @Sendable (BenchLoop) -> Value) async throws -> [Value] {
        var values: [Value] = []
        for handle in handles { values.append(try await handle.submit(work)) }
        return values
    }

    func counters() async throws -> BenchCounters {
        try await submit { $0.counters }.reduce(into: BenchCounters()) { $0 += $1 }
    }

    func histograms() async throws -> [BenchHistograms] {
        try await submit { BenchHistograms(handshakes: $0.handshakes, latencies: $0.latencies, answers: $0.answers) }
    }

    func acknowledgers() async throws -> [BenchAcknowledger] {
        try await submit { $0.acknowledgers }.flatMap(\.self)
    }

    func failure() async throws -> (any Error)? {
        try await submit { $0.failure }.lazy.compactMap(\.self).first
    }

    func close() async throws { try await submit { $0.close() } }
}

/// What the event loops have measured besides their counters.
struct BenchHistograms: Sendable {
    let handshakes: LatencyHistogram
    let latencies: LatencyHistogram
    let answers: LatencyHistogram
}
