import ChorusCore
import NIOCore

/// A topic as the model knows it: all that was ever published, in order.
struct ModelTopic {
    let name: String
    let reference: TopicReference
    let window: Window
    let overflow: OverflowPolicy
    private(set) var published: [Message] = []
    /// What all messages up to here cost.
    private var costs: [Int] = [0]

    var count: Int { published.count }

    init(_ name: String, _ reference: TopicReference, window: Window, overflow: OverflowPolicy) {
        self.name = name
        self.reference = reference
        self.window = window
        self.overflow = overflow
    }

    mutating func append(_ message: Message) {
        published.append(message)
        costs.append(costs[costs.count - 1] + message.cost)
    }

    /// What the messages from `index` on cost.
    func cost(from index: Int) -> Int { costs[costs.count - 1] - costs[index] }

    /// The most that the log may still hold when nobody is behind: its newest segment.
    var largestSegment: Int {
        var bytes = 0
        var messages = 0
        for message in published.reversed() {
            // a segment that is full takes no more
            if messages == TopicLog.Segment.maximumMessages { break }
            if messages > 0, bytes - (published.last?.cost ?? 0) + message.cost >= TopicLog.Segment.maximumBytes {
                break
            }
            bytes += message.cost
            messages += 1
        }
        return bytes
    }
}
