import ChorusCore
import NIOCore
import Synchronization
import Testing

/// Message streams while messages are published on several threads at once.
@Suite("Message streams, under real threads", .timeLimit(.minutes(1)))
struct MessageStreamThreadTests {
    private static let publishers = 4
    private static let messagesEach = 2000

    private final class Tally: Sendable {
        let counts = Mutex<[String: Int]>([:])
    }

    private let hub = Hub()
    private let topic = try! TopicName("a")  // a valid name

    private func publishAll() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for publisher in 0..<MessageStreamThreadTests.publishers {
                group.addTask {
                    for number in 0..<MessageStreamThreadTests.messagesEach {
                        try await hub.publish("\(publisher) \(number)", to: topic)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("every stream has every message, in the same order for all")
    func sameOrder() async throws {
        let streams = (0..<4).map { _ in hub.subscribe(to: topic) }
        let total = MessageStreamThreadTests.publishers * MessageStreamThreadTests.messagesEach
        let orders = try await withThrowingTaskGroup(of: [String].self) { group in
            for stream in streams {
                group.addTask {
                    var texts: [String] = []
                    for try await message in stream {
                        texts.append(message.text)
                        if texts.count == total { break }
                    }
                    return texts
                }
            }
            try await publishAll()
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for order in orders { #expect(order == orders[0]) }
        for publisher in 0..<MessageStreamThreadTests.publishers {
            let own = orders[0].filter { $0.hasPrefix("\(publisher) ") }
            #expect(own == (0..<MessageStreamThreadTests.messagesEach).map { "\(publisher) \($0)" })
        }
    }

    @Test("tasks that read the same stream share its messages: none lost, none twice")
    func shared() async throws {
        let stream = hub.subscribe(to: topic)
        let total = MessageStreamThreadTests.publishers * MessageStreamThreadTests.messagesEach
        let tally = Tally()
        let all = Gate(total)
        let readers = (0..<3).map { _ in
            Task {
                for try await message in stream {
                    tally.counts.withLock { $0[message.text, default: 0] += 1 }
                    all.pass()
                }
            }
        }
        try await publishAll()
        await all.wait()
        for reader in readers { reader.cancel() }
        for reader in readers { try await reader.value }
        let counts = tally.counts.withLock { $0 }
        #expect(counts.count == total)
        #expect(counts.values.allSatisfy { $0 == 1 })
    }

    @Test("streams come and go: each has what is published while it is there")
    func comeAndGo() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<4 {
                group.addTask {
                    for round in 0..<200 {
                        // the last of the four to leave retires the topic, while others may just be looking it up
                        let stream = hub.subscribe(to: topic)
                        let reader = Task { try await stream.first { _ in true } }
                        if (task + round) % 2 == 0 { reader.cancel() }
                        try await hub.publish("for the first", to: topic)
                        _ = try await reader.value
                        try await hub.publish("\(task) \(round)", to: topic)
                        #expect(try await stream.first { $0.text == "\(task) \(round)" } != nil)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(hub.topicCount == 0)
        #expect(hub.keptBytes == 0)
    }
}
