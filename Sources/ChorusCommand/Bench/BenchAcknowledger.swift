import NIOCore

/// Who is told, from any event loop, that messages have arrived.
struct BenchAcknowledger: Sendable {
    let index: Int
    private let publisher: NIOLoopBound<BenchSocketPublisher>
    private let eventLoop: any EventLoop

    init(_ publisher: BenchSocketPublisher, _ eventLoop: any EventLoop) {
        index = publisher.index
        self.publisher = NIOLoopBound(publisher, eventLoop: eventLoop)
        self.eventLoop = eventLoop
    }

    /// The message of this number has arrived, and all before it.
    func acknowledge(_ number: UInt64) {
        if eventLoop.inEventLoop {
            publisher.value.acknowledge(number)
        } else {
            eventLoop.execute { [publisher] in publisher.value.acknowledge(number) }
        }
    }
}
