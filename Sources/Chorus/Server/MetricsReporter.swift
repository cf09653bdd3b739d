import ChorusCore
import Logging
import Metrics

/// Once a second: what the shards counted goes to swift-metrics, and what an operator must know goes to the log.
struct MetricsReporter {
    let core: ServerCore

    /// Broadcasts that were not accepted are reported at most so often, in seconds.
    private static let reportPause = 60

    /// Runs until the task is cancelled.
    func run() async {
        var last: [ObjectIdentifier: ShardCounters] = [:]
        var lastPublished = 0
        var lastRefused = 0
        var reported = 0
        var secondsToReport = 0
        while (try? await Task.sleep(for: .seconds(1))) != nil {
            for (loop, now) in await core.counters() {
                fold(now, last[loop] ?? ShardCounters())
                last[loop] = now
            }
            let published = core.hub.publishedCount
            let refused = core.limiter.refusedCount
            add("chorus.published", UInt64(published - lastPublished))
            add("chorus.connections.refused", UInt64(refused - lastRefused))
            set("chorus.connections", core.connectionCount)
            set("chorus.sessions", core.hub.sessionCount)
            set("chorus.topics", core.hub.topicCount)
            set("chorus.kept.bytes", core.hub.keptBytes)
            lastPublished = published
            lastRefused = refused
            secondsToReport -= 1
            let unaccepted = core.hub.refusedBroadcastCount
            if unaccepted > reported, secondsToReport <= 0 {
                core.logger.warning(
                    "broadcasts were not accepted: an event loop is behind by a whole window",
                    metadata: ["chorus.broadcasts": "\(unaccepted - reported)"]
                )
                add("chorus.broadcasts.refused", UInt64(unaccepted - reported))
                reported = unaccepted
                secondsToReport = MetricsReporter.reportPause
            }
        }
    }

    private func fold(_ now: ShardCounters, _ last: ShardCounters) {
        add("chorus.deliveries", now.deliveries &- last.deliveries)
        add("chorus.writes", now.writes &- last.writes)
        add("chorus.writes.cut", now.cuts &- last.cuts)
        add("chorus.deliveries.recovered", now.recovered &- last.recovered)
        add("chorus.deliveries.skipped", now.skipped &- last.skipped)
        add("chorus.overflows", now.overflows &- last.overflows)
        add("chorus.overflows.outbox", now.outboxOverflows &- last.outboxOverflows)
    }

    private func add(_ name: String, _ amount: UInt64) {
        if amount > 0 { Counter(label: name).increment(by: Int64(clamping: amount)) }
    }

    private func set(_ name: String, _ value: Int) { Gauge(label: name).record(value) }
}
