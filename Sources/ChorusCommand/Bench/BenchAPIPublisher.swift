import AsyncHTTPClient
import NIOCore

/// Publishes by HTTP, one request after the other: so messages keep their order. A message is acknowledged by the
/// answer.
final class BenchAPIPublisher: BenchPublisher {
    let index: Int
    private let loop: BenchLoop
    private let client: HTTPClient
    private var request: HTTPClient.Request
    /// For people: without its query.
    private let url: String
    private var template: BenchTemplate
    private var pace: BenchPace
    private var receivers: UInt64 = 0
    private var isRunning = false
    /// Whether it counts as one that publishes: also until the last answer has come.
    private var isCounted = false
    /// Whether a request is under way.
    private var isAsking = false
    /// Whether the server is given time before it is asked again.
    private var isPausing = false
    /// What the server had no room for, to be sent again before anything else.
    private var refused: (number: UInt64, time: UInt64)?
    private var isAlarmSet = false

    init(index: Int, loop: BenchLoop, client: HTTPClient, request: HTTPClient.Request) {
        self.index = index
        self.loop = loop
        self.client = client
        self.request = request
        url = (loop.plan.options.publishURL ?? "").withoutQuery
        template = BenchTemplate(loop.plan, publisher: index)
        pace = BenchPace(loop.plan.options, publisher: index)
    }

    func probe() {
        if !isAsking, !isPausing { post(number: 0, time: 0) }
    }

    func begin(_ messages: UInt64, at now: UInt64) {
        pace.begin(messages, at: now)
        receivers = loop.receivers(ofPublisher: index)
        isRunning = true
        if !isCounted { loop.counters.publishing += 1 }
        isCounted = true
        goOn()
    }

    func stop(at now: UInt64) {
        guard isRunning else { return }
        isRunning = false
        if refused.take() != nil { pace.takeBack() }
        loop.counters.unpublished += pace.overdue(at: now)
        goOn()
    }

    private func goOn() {
        guard !isAsking else { return }
        guard isRunning else {
            if isCounted { loop.counters.publishing -= 1 }
            isCounted = false
            return
        }
        guard !isPausing else { return }
        let now = NIODeadline.now().uptimeNanoseconds
        if let (number, time) = refused.take() ?? pace.next(at: now) {
            post(number: number, time: time)
        } else if pace.isDone {
            stop(at: now)
        } else if let due = pace.due, !isAlarmSet {
            isAlarmSet = true
            loop.eventLoop.assumeIsolated().scheduleTask(deadline: .uptimeNanoseconds(due)) {
                self.isAlarmSet = false
                self.goOn()
            }
        }
    }

    private func post(number: UInt64, time: UInt64) {
        isAsking = true
        template.fill(number: number, time: time)
        request.body = .byteBuffer(template.bytes)
        let begin = NIODeadline.now()
        client.execute(
            request: request,
            eventLoop: .delegateAndChannel(on: loop.eventLoop),
            deadline: begin + TimeAmount.seconds(Int64(60))
        )
        .assumeIsolated()
        .whenComplete { result in
            self.isAsking = false
            switch BenchAnswer(result, at: self.url) {
            case .accepted: self.hasPublished(number, since: begin)
            case .refused(let wait): self.hasBeenRefused(number, time, wait)
            case .failed(let failure): self.fail(failure)
            }
        }
    }

    private func hasPublished(_ number: UInt64, since begin: NIODeadline) {
        if number > 0 {
            let now = NIODeadline.now()
            loop.answers.recordLatency(UInt64((now - begin).nanoseconds))
            loop.counters.published += 1
            loop.counters.expected += receivers
            loop.counters.lastPublished = now.uptimeNanoseconds
            pace.acknowledge(number)
        }
        goOn()
    }

    private func hasBeenRefused(_ number: UInt64, _ time: UInt64, _ wait: TimeAmount) {
        if number > 0 {
            loop.counters.refused += 1
            if isRunning {
                refused = (number, time)
            } else {
                // Too late for this phase. In the next one it is the first, or it would be missed.
                pace.takeBack()
                if loop.plan.options.rate != nil { loop.counters.unpublished += 1 }
            }
        }
        isPausing = true
        loop.eventLoop.assumeIsolated().scheduleTask(in: wait) {
            self.isPausing = false
            self.goOn()
        }
        goOn()
    }

    private func fail(_ failure: APIClient.Failure) {
        isRunning = false
        goOn()
        loop.fail(failure)
    }
}

@available(*, unavailable)
extension BenchAPIPublisher: Sendable {}
