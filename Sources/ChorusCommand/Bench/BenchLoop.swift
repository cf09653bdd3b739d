import AsyncHTTPClient
import Histogram
import NIOCore
import NIOPosix

/// The connections and publishers of one event loop, and what they have counted. On that loop only.
final class BenchLoop {
    var counters = BenchCounters()
    /// From publishing to receiving, of every delivery.
    var latencies = LatencyHistogram.latencies
    /// From connecting to the end of the handshake, of every connection.
    var handshakes = LatencyHistogram.latencies
    /// From a request to its answer, of everything that is published by HTTP.
    var answers = LatencyHistogram.latencies
    /// What has gone wrong first, so that the run cannot go on.
    private(set) var failure: (any Error)?

    let eventLoop: any EventLoop
    let plan: BenchPlan
    /// Whether publishers receive what they publish.
    private var isEchoed = true
    private var connections: [BenchConnection] = []
    private var publishers: [any BenchPublisher] = []

    /// The numbers of the connections that are not being opened yet, the next one last.
    private var toOpen: [Int]
    private var opening = 0
    private var isAlarmSet = false
    private var beginOfOpening: UInt64 = 0
    private let count: Int

    /// More at once overflows the accept queue of many servers, and lost SYNs take seconds to come again.
    private static let openAtOnce = 64

    init(_ eventLoop: any EventLoop, plan: BenchPlan, share: BenchShare, http: HTTPClient?) {
        self.eventLoop = eventLoop
        self.plan = plan
        toOpen = share.indices(below: plan.options.connections).reversed()
        count = toOpen.count
        connections.reserveCapacity(toOpen.count)
        if let http, let request = plan.publishRequest {
            publishers = share.indices(below: plan.options.publisherCount).map {
                BenchAPIPublisher(index: $0, loop: self, client: http, request: request)
            }
        }
    }

    /// Notes what keeps the run from going on.
    func fail(_ error: any Error) {
        if failure == nil { failure = error }
        toOpen = []
    }

    // MARK: - Opening

    /// Opens all connections, some at once, or at a rate.
    func open() {
        if beginOfOpening == 0 { beginOfOpening = NIODeadline.now().uptimeNanoseconds }
        while opening < Self.openAtOnce, let index = toOpen.last {
            if let wait = timeToWait() {
                setAlarm(wait)
                return
            }
            toOpen.removeLast()
            opening += 1
            open(index)
        }
    }

    /// Opens no more.
    func stopOpening() { toOpen = [] }

    private func timeToWait() -> TimeAmount? {
        guard let rate = plan.options.connectRate else { return nil }
        let interval = 1e9 * Double(plan.options.eventLoops) / rate
        let due = beginOfOpening + UInt64(interval * Double(count - toOpen.count))
        let now = NIODeadline.now().uptimeNanoseconds
        return due > now ? .nanoseconds(Int64(due - now)) : nil
    }

    private func setAlarm(_ wait: TimeAmount) {
        guard !isAlarmSet else { return }
        isAlarmSet = true
        eventLoop.assumeIsolated().scheduleTask(in: wait) {
            self.isAlarmSet = false
            self.open()
        }
    }

    private func open(_ index: Int) {
        let connection = BenchConnection(index: index, loop: self)
        if plan.publishRequest == nil, index < plan.options.publisherCount {
            let publisher = BenchSocketPublisher(index: index, connection: connection)
            connection.publisher = publisher
            publishers.append(publisher)
        }
        connections.append(connection)
        let bound = NIOLoopBound(connection, eventLoop: eventLoop)
        ClientBootstrap(group: eventLoop)
            .connectTimeout(.milliseconds(Int64(plan.options.openLimit * 1_000)))
            .channelInitializer { [plan] channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls = try plan.makeTLSHandler() { try channel.pipeline.syncOperations.addHandler(tls) }
                    try channel.pipeline.syncOperations.addHandler(bound.value)
                }
            }
            .connect(to: plan.address)
            .whenFailure { bound.value.hasFailed($0) }
    }

    /// A connection that was being opened is open, or could not be.
    func hasOpened(_ connection: BenchConnection, _ error: (any Error)?) {
        opening -= 1
        if let error {
            fail(error)
            return
        }
        let now = NIODeadline.now().uptimeNanoseconds
        handshakes.recordLatency(now - connection.begin)
        counters.opened += 1
        counters.lastOpened = now
        open()
    }

    // MARK: - Publishing

    /// Lets the first publisher of each topic ask who receives.
    func probe() {
        for publisher in publishers where publisher.index < plan.options.topics { publisher.probe() }
    }

    /// The publishers that have to be told what has arrived.
    var acknowledgers: [BenchAcknowledger] {
        connections.compactMap(\.publisher).map { BenchAcknowledger($0, eventLoop) }
    }

    /// It is known whether publishers receive what they publish: if not, the next connection of the topic tells them.
    func listen(_ acknowledgers: [BenchAcknowledger], isEchoed: Bool) {
        self.isEchoed = isEchoed
        let count = plan.options.connections
        let topics = plan.options.topics
        var listened: [Int: BenchAcknowledger] = [:]
        for acknowledger in acknowledgers {
            let next = acknowledger.index + topics < count ? acknowledger.index + topics : acknowledger.index % topics
            listened[isEchoed ? acknowledger.index : next] = acknowledger
        }
        for connection in connections { connection.listen(listened[connection.index], isEchoed: isEchoed) }
    }

    func begin(_ phase: BenchPhase) {
        let now = NIODeadline.now().uptimeNanoseconds
        for publisher in publishers {
            publisher.begin(phase.messages(ofPublisher: publisher.index, of: plan.options.publisherCount), at: now)
        }
    }

    func stopPublishing() {
        let now = NIODeadline.now().uptimeNanoseconds
        for publisher in publishers { publisher.stop(at: now) }
    }

    /// What was published and delivered so far was only to warm up. What was wrong with it still counts.
    func forgetWarmUp() {
        counters.forgetWarmUp()
        latencies.reset()
        answers.reset()
    }

    /// How many receive what publisher `index` publishes.
    func receivers(ofPublisher index: Int) -> UInt64 {
        let members = plan.options.members(ofTopic: index % plan.options.topics)
        return UInt64(plan.publishRequest == nil && !isEchoed ? members - 1 : members)
    }

    /// Closes everything, and lets it go: connections and publishers hold this loop.
    func close() {
        stopOpening()
        for connection in connections { connection.close() }
        connections = []
        publishers = []
    }
}

@available(*, unavailable)
extension BenchLoop: Sendable {}
