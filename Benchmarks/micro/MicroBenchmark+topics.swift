import ChorusCore
import NIOCore

extension MicroBenchmark {
    /// Publishing: into a topic's log, and into what it remembers. Nobody is delivered to.
    static let topics = [
        MicroBenchmark("log: append a message", allocations: 0.12, perCall: 1000) {
            (log: TopicLog(), message: Message(.text, Samples.text(128)))
        } body: { state in
            state.log.clear()
            for _ in 0..<1000 { state.log.append(state.message) }
            precondition(state.log.count == 1000)
        },
        publishing("into a topic that nobody follows", allocations: 0, Namespace()),
        publishing("into a topic that keeps 1,000", allocations: 0.26, Namespace(history: .last(1000)), kept: 1000),
        publishing("the newest of 100 keys", allocations: 0, Namespace(latest: Latest()), keys: 100, kept: 100),
    ]

    private static func publishing(
        _ what: String,
        allocations: Double,
        _ options: Namespace,
        keys: Int = 0,
        kept: Int = 0
    ) -> MicroBenchmark {
        MicroBenchmark("publish: \(what)", allocations: allocations, perCall: 1000) {
            let hub = BenchHub(options)
            let messages = (0..<max(1, keys)).map { key in
                Message(.text, Samples.text(128), key: keys > 0 ? "key \(key)" : nil)
            }
            return (hub: hub, topic: try TopicName("topic"), publisher: hub.open(), messages: messages)
        } body: { state in
            let before = state.hub.hub.publishedCount
            for number in 0..<1000 {
                let message = state.messages[number % state.messages.count]
                _ = state.hub.hub.publish(message, to: state.topic, from: state.publisher)
            }
            precondition(state.hub.hub.publishedCount == before + 1000)
            let bytes = state.hub.hub.history?.bytes ?? -1
            precondition(kept > 0 ? bytes >= kept * 128 : bytes == 0)
        }
    }
}
