import ChorusCore
import NIOCore

/// A client as the model knows it: what it did, and so what it must have received.
final class ModelClient {
    /// From when to when it followed a topic.
    struct Membership {
        let topic: Int
        /// Its first message is one of those with these numbers, or comes after them: `low` had been delivered by its
        /// shard when it joined, `high` published.
        let low: Int
        let high: Int
        /// Which of its frames of the topic it received meanwhile.
        let firstFrame: Int
        var lastFrame: Int?
    }

    let number: Int
    let shard: Int
    let transport: FakeTransport
    var memberships: [Membership] = []
    var isOpen = true
    /// Its program is waiting to be told that its replies have gone out.
    var isPaused = false
    private(set) var sentCount = 0
    private var sizes: [Int] = []

    /// What stands in place of the topic in frames that are sent to one client alone.
    static let outbox = "\u{1}"

    init(number: Int, shard: Int, transport: FakeTransport) {
        self.number = number
        self.shard = shard
        self.transport = transport
    }

    var format: WireFormat { transport.format }
    var session: Session { transport.session! }
    var label: String { "client \(number)" }

    func follows(_ topic: Int) -> Bool { memberships.contains { $0.topic == topic && $0.lastFrame == nil } }

    /// What it received of a topic.
    func payloads(_ topic: String) -> [ByteBuffer] {
        transport.readBack()
        return transport.frames.filter { $0.topic == topic }.map(\.payload)
    }

    /// The next frame that is for it alone.
    func nextReply(size: Int) -> ByteBuffer {
        var payload = ByteBuffer(integer: UInt32(sentCount))
        payload.writeRepeatingByte(UInt8(truncatingIfNeeded: sentCount), count: size)
        var frame = ByteBuffer()
        format.encode(payload, topic: ModelClient.outbox, into: &frame)
        sentCount += 1
        sizes.append(frame.readableBytes)
        return frame
    }

    /// Entries and bytes of what it was sent and its transport was not given.
    var waiting: (entries: Int, bytes: Int) {
        let given = payloads(ModelClient.outbox).count
        return (sentCount - given, sizes[given...].reduce(0, +))
    }

    /// Whether the message is one that it is to receive.
    func isFor(_ message: Message) -> Bool { message.excluded != session.id && format.writes(message) }
}
