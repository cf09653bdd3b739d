import Synchronization

/// The topics that somebody follows, by name, in stripes with a lock each. A topic without followers is not here.
package final class TopicTable: Sendable {
    private final class Stripe: Sendable {
        let topics = Mutex<[String: LiveTopic]>([:])
    }

    private let stripes = (0..<64).map { _ in Stripe() }
    private let makeTopic: @Sendable (TopicName) -> LiveTopic

    package init(makeTopic: @escaping @Sendable (TopicName) -> LiveTopic) { self.makeTopic = makeTopic }

    private func stripe(_ name: String) -> Stripe {
        stripes[Int(UInt(bitPattern: name.hashValue) % UInt(stripes.count))]
    }

    package func find(_ name: TopicName) -> LiveTopic? {
        stripe(name.description).topics.withLock { $0[name.description] }
    }

    /// The topic, made if need be. It may be retired before the caller joins it; then resolve again.
    package func resolve(_ reference: TopicReference) -> LiveTopic {
        switch reference {
        case .fixed(let topic): return topic
        case .named(let name):
            return stripe(name.description).topics.withLock { topics in
                if let topic = topics[name.description] { return topic }
                let topic = makeTopic(name)
                topics[name.description] = topic
                return topic
            }
        }
    }

    /// Removes a topic that its last follower left, unless another came meanwhile.
    package func release(_ topic: LiveTopic) {
        stripe(topic.name).topics.withLock { topics in
            guard topics[topic.name] === topic, topic.retire() else { return }
            topics[topic.name] = nil
        }
    }

    /// How many topics are followed.
    package var count: Int { stripes.reduce(0) { $0 + $1.topics.withLock { $0.count } } }
}
