import NIOCore

/// What a publisher sends, with a ``BenchMessage`` somewhere in it that is changed in place for each one.
struct BenchTemplate {
    private(set) var bytes: ByteBuffer
    private let start: Int

    /// Of publisher `index` of a plan, with everything that stands around the message.
    init(_ plan: BenchPlan, publisher index: Int) {
        let options = plan.options
        let topic = index % options.topics
        let text = options.publishTemplate.replacing("{topic}", with: options.topicName(topic))
        // what is checked: there is one
        let place = text.firstRange(of: "{message}") ?? text.endIndex..<text.endIndex
        bytes = ByteBuffer(string: String(text[..<place.lowerBound]))
        start = bytes.writerIndex
        BenchMessage.write(
            size: options.size,
            mark: plan.mark,
            topic: BenchMessage.Topic(UInt32(topic)),
            publisher: UInt32(index / options.topics),
            into: &bytes
        )
        bytes.writeString(String(text[place.upperBound...]))
    }

    /// Puts number and time into the message.
    mutating func fill(number: UInt64, time: UInt64) {
        BenchMessage.fill(&bytes, at: start, number: number, time: time)
    }
}
