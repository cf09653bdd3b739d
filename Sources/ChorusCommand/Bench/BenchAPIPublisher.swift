import AsyncHTTPClient
import NIOCore

/// Publishes by HTTP, one request after the other: so messages keep their order. A message is acknowledged by the
/// answer.
final class BenchAPIPublisher: BenchPublisher {
    let index: Int
    private unowned let loop: BenchLoop
    private let client: HTTPClient
    private var request: HTTPClient.Request
    /// For people: without its query, which may have a key in it.
    private let url: String
    private var template: BenchTemplate
    private var pace: BenchPace
    private var receivers: UInt64 = 0
    private var isRunning = false
    /// Whether it counts as one that publishes: also until the last answer has come.
    private var isCounted = false
    /// For an answer, or for the time to ask again.
    private var isWaiting = false
    private var isAlarmSet = false

    init(index: Int, loop: BenchLoop, client: HTTPClient, request: HTTPClient.Request) {
        self.index = index
        self.loop = loop
        self.client = client
        self.request = request
        url = String((loop.plan.options.publishURL ?? "").prefix { $0 != "?" })
        template = BenchTemplate(loop.plan, publisher: index)
        pace = BenchPace(loop.plan.options, publisher: index)
    }

    func probe() {
        if !isWaiting { post(number: 0, time: 0) }
    }

    func begin(_ messages: UInt64, at now: UInt64) {
        pace.begin(messages, at: now)
        receivers = loop.receivers(ofPublisher: index)
        isRunning = true
        isCounted = true
        loop.counters.publishing += 1
        goOn()
    }

    func stop(at now: UInt64) {
        guard isRunning else { return }
        isRunning = false
        loop.counters.unpublished += pace.overdue(at: now)
        goOn()
    }

    private func goOn() {
        guard !isWaiting else { return }
        guard isRunning else {
            if isCounted { loop.counters.publishing -= 1 }
            isCounted = false
            return
        }
        let now = NIODeadline.now().uptimeNanoseconds
        if let (number, time) = pace.next(at: now) {
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
        isWaiting = true
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
            self.isWaiting = false
            switch BenchAnswer(result, at: self.url) {
            case .accepted: self.hasPublished(number, since: begin)
            case .refused(let wait): self.postAgain(number: number, time: time, in: wait)
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

    private func postAgain(number: UInt64, time: UInt64, in wait: TimeAmount) {
        if number > 0 { loop.counters.refused += 1 }
        isWaiting = true
        loop.eventLoop.assumeIsolated().scheduleTask(in: wait) {
            self.isWaiting = false
            if number == 0 || self.isRunning { self.post(number: number, time: time) } else { self.goOn() }
        }
    }

    private func fail(_ failure: APIClient.Failure) {
        isRunning = false
        goOn()
        loop.fail(failure)
    }
}

@available(*, unavailable)
extension BenchAPIPublisher: Sendable {}
