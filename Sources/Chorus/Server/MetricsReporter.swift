import ChorusCore
import CoreMetrics
import Logging

/// Once a second: what was counted on the event loops goes to swift-metrics, and what an operator must know to the log.
/// `docs/metrics.md` explains the names.
struct MetricsReporter {
    let core: ServerCore

    /// Broadcasts that were not accepted are logged at most so often, in seconds.
    private static let logPause = 60

    private var loops: [ObjectIdentifier: ServerCore.Counters] = [:]
    private var published: Int
    private var refused: Int
    private var logged: Int
    private var secondsToLog = 0

    init(core: ServerCore) {
        self.core = core
        published = core.hub.publishedCount
        refused = core.hub.refusedBroadcastCount
        logged = refused
    }

    /// Runs until the task is cancelled, and reports once more then.
    mutating func run() async {
        while (try? await Task.sleep(for: .seconds(1))) != nil { await report() }
        await report()
    }

    private mutating func report() async {
        for (loop, now) in await core.counters() {
            let last = loops.updateValue(now, forKey: loop) ?? ServerCore.Counters()
            report(now.shard, since: last.shard)
            report(now.connections, since: last.connections)
        }
        add("chorus.published", core.hub.publishedCount - published)
        add("chorus.broadcasts.refused", core.hub.refusedBroadcastCount - refused)
        published = core.hub.publishedCount
        refused = core.hub.refusedBroadcastCount
        set("chorus.connections", core.connectionCount)
        set("chorus.sessions", core.hub.sessionCount)
        set("chorus.topics", core.hub.topicCount)
        set("chorus.kept.bytes", core.hub.keptBytes)
        if let history = core.hub.history {
            set("chorus.history.bytes", history.bytes)
            set("chorus.history.topics", history.topics)
        }
        if let members = core.hub.memberCount { set("chorus.presence.members", members) }
        logRefusedBroadcasts()
    }

    private mutating func logRefusedBroadcasts() {
        secondsToLog -= 1
        guard refused > logged, secondsToLog <= 0 else { return }
        core.logger.warning(
            "broadcasts were not accepted: an event loop is behind by a whole window",
            metadata: ["chorus.broadcasts": "\(refused - logged)"]
        )
        logged = refused
        secondsToLog = MetricsReporter.logPause
    }

    private func report(_ now: ShardCounters, since last: ShardCounters) {
        add("chorus.deliveries", Int(now.deliveries - last.deliveries))
        add("chorus.writes", Int(now.writes - last.writes))
        add("chorus.writes.cut", Int(now.cuts - last.cuts))
        add("chorus.deliveries.recovered", Int(now.recovered - last.recovered))
        add("chorus.deliveries.skipped", Int(now.skipped - last.skipped))
        add("chorus.recoveries", Int(now.recoveries - last.recoveries))
        add("chorus.gaps", Int(now.gaps - last.gaps))
        add("chorus.overflows", Int(now.overflows - last.overflows))
        add("chorus.overflows.outbox", Int(now.outboxOverflows - last.outboxOverflows))
    }

    private func report(_ now: ConnectionCounters, since last: ConnectionCounters) {
        for (status, count) in now.refused {
            add("chorus.refused", Int(count - (last.refused[status] ?? 0)), [("status", "\(status)")])
        }
        for (ending, count) in now.closed {
            let dimensions = [("by", "\(ending.initiator)"), ("code", "\(ending.code)")]
            add("chorus.closed", Int(count - (last.closed[ending] ?? 0)), dimensions)
        }
        for (code, count) in now.refusedMessages {
            add("chorus.refused.messages", Int(count - (last.refusedMessages[code] ?? 0)), [("code", code)])
        }
        for (code, count) in now.refusedCommands {
            add("chorus.refused.commands", Int(count - (last.refusedCommands[code] ?? 0)), [("code", "\(code)")])
        }
        add("chorus.hooks.late", Int(now.lateHooks - last.lateHooks))
        add("chorus.silent", Int(now.silent - last.silent))
        add("chorus.slowed", Int(now.slowed - last.slowed))
        add("chorus.accept.failed", Int(now.notAccepted - last.notAccepted))
        add("chorus.abandoned", Int(now.abandoned - last.abandoned))
    }

    private func add(_ name: String, _ amount: Int, _ dimensions: [(String, String)] = []) {
        guard amount > 0 else { return }
        Counter(label: name, dimensions: dimensions, factory: core.metrics).increment(by: amount)
    }

    private func set(_ name: String, _ value: Int) { Gauge(label: name, factory: core.metrics).record(value) }
}
