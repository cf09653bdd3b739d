/// The topics that somebody follows, by name, in stripes with a lock each. A topic without followers is not here.
package final class TopicTable: Sendable {
    private let stripes = Stripes<[String: LiveTopic]>([:])
    private let makeTopic: @Sendable (TopicName) -> LiveTopic

    package init(makeTopic: @escaping @Sendable (TopicName) -> LiveTopic) { self.makeTopic = makeTopic }

    package func find(_ name: TopicName) -> LiveTopic? {
        stripes.withLock(of: name.description) { $0[name.description] }
    }

    /// The topic, made if need be. It may be retired before the caller joins it; then resolve again.
    package func resolve(_ reference: TopicReference) -> LiveTopic {
        switch reference {
        case .fixed(let topic): return topic
        case .named(let name):
            return stripes.withLock(of: name.description) { topics in
                if let topic = topics[name.description] { return topic }
                let topic = makeTopic(name)
                topics[name.description] = topic
                return topic
            }
        }
    }

    /// Removes a topic that its last follower left, unless another came meanwhile.
    package func release(_ topic: LiveTopic) {
        stripes.withLock(of: topic.name) { topics in
            guard topics[topic.name] === topic, topic.retire() else { return }
            topics[topic.name] = nil
        }
    }

    /// The names of all topics that are followed, a stripe at a time.
    package var allNames: some Sequence<[String]> {
        stripes.parts.lazy.map { part in part.withLock { Array($0.keys) } }
    }

    /// How many topics are followed.
    package var count: Int { stripes.sum { $0.count } }
}
