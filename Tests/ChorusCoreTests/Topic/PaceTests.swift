import ChorusCore
import NIOCore
import Synchronization
import Testing

/// What publishers are told. Time is given, not measured.
@Suite("Publishers' pace")
struct PaceTests {
    private final class Reader: Wakeable {
        func wake(_ slot: Int32) {}
    }

    private let topic: LiveTopic
    private let id: InterestTable.ID
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    init() throws {
        let window = Window(messages: 100, bytes: 100_000)
        topic = LiveTopic(Namespace(window: window), budget: MemoryBudget(limit: 1 << 30))
        id = try #require(topic.join(Reader(), slot: 0)).id
    }

    private func append(_ count: Int, size: Int = 0) {
        for _ in 0..<count { _ = topic.append(Message(.binary, ByteBuffer(repeating: 1, count: size))) }
    }

    private func settle(taken: UInt64, floor: UInt64) {
        topic.settle(id, edges: .init(taken: taken, delivered: taken, floor: floor))
    }

    @Test("up to half a window nobody waits")
    func relaxed() {
        append(50)
        settle(taken: 50, floor: 0)
        #expect(topic.charge(64, now: start) == .go)
        #expect(topic.pace(at: start) == .go)
    }

    @Test("where it is switched off, nobody waits for readers, but for an event loop all the same")
    func switchedOff() throws {
        let topic = LiveTopic(
            Namespace(window: Window(messages: 100, bytes: 100_000), slowsPublishers: false),
            budget: MemoryBudget(limit: 1 << 30)
        )
        let id = try #require(topic.join(Reader(), slot: 0)).id
        for _ in 0..<100 { _ = topic.append(Message("")) }
        topic.settle(id, edges: .init(taken: 100, delivered: 100, floor: 0))
        #expect(topic.charge(64, now: start) == .go)
        topic.settle(id, edges: .init(taken: 0, delivered: 0, floor: 0))
        #expect(topic.charge(64, now: start) == .full(LiveTopic.recheck))
    }

    @Test("beyond half a window of messages, a message costs its share of 100 ms")
    func pressedByMessages() {
        append(51)
        settle(taken: 51, floor: 0)
        #expect(topic.charge(64, now: start) == .wait(.milliseconds(1)))
        #expect(topic.charge(64, now: start) == .wait(.milliseconds(2)))
        #expect(topic.pace(at: start) == .wait(.milliseconds(2)))
        #expect(topic.charge(64, now: start + .milliseconds(1)) == .wait(.milliseconds(2)))
        #expect(topic.pace(at: start + .milliseconds(3)) == .go)
    }

    @Test("beyond half a window of bytes, a message costs its bytes' share of 100 ms")
    func pressedByBytes() {
        append(6, size: 10_000 - 64)
        settle(taken: 6, floor: 0)
        #expect(topic.charge(10_000, now: start) == .wait(.milliseconds(10)))
        #expect(topic.charge(50_000, now: start) == .wait(.milliseconds(60)))
    }

    @Test("who waited long ago has not saved anything up")
    func noCredit() {
        append(60)
        settle(taken: 60, floor: 0)
        #expect(topic.charge(64, now: start) == .wait(.milliseconds(1)))
        #expect(topic.charge(64, now: start + .seconds(10)) == .wait(.milliseconds(1)))
    }

    @Test("a reader that has taken everything does not slow anybody, whatever the log still holds")
    func taken() {
        append(60)
        settle(taken: 60, floor: 55)
        #expect(topic.charge(64, now: start) == .go)
    }

    @Test("with a whole window before an event loop nothing more is to be published")
    func full() {
        append(99)
        settle(taken: 0, floor: 0)
        #expect(topic.pace(at: start) == .go)
        #expect(topic.charge(64, now: start) != .full(LiveTopic.recheck))
        append(1)
        #expect(topic.pace(at: start) == .full(LiveTopic.recheck))
        #expect(topic.charge(64, now: start) == .full(LiveTopic.recheck))
        settle(taken: 1, floor: 0)
        #expect(topic.pace(at: start) != .full(LiveTopic.recheck))
    }

    @Test("the whole window counts bytes as well")
    func fullByBytes() {
        append(10, size: 10_000 - 64)
        #expect(topic.pace(at: start) == .full(LiveTopic.recheck))
        settle(taken: 1, floor: 0)
        #expect(topic.pace(at: start) == .go)
    }

    @Test("a reader that takes nothing is a matter of its window, not of an event loop")
    func stalledReader() {
        append(1000)
        settle(taken: 1000, floor: 0)
        guard case .wait = topic.charge(64, now: start) else {
            Issue.record("the publisher should be slowed down")
            return
        }
    }

    @Test("where nobody follows there is nothing to wait for")
    func nobody() {
        append(1000)
        #expect(topic.leave(id))
        #expect(topic.pace(at: start) == .go)
        #expect(topic.charge(1_000_000, now: start) == .go)
    }
}
