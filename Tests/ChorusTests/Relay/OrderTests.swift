import Chorus
import ChorusClient
import ChorusTesting
import Testing

@Suite("One order for all")
struct OrderTests {
    @Test("many clients that all talk at once see the same order, on several event loops", arguments: [1, 3])
    func sameOrder(_ eventLoops: Int) async throws {
        let count = 12
        let each = 60
        try await serve(configure: { $0.eventLoops = eventLoops }) { test in
            let clients = try await test.clients(count).map { TestClient($0.connection, limit: 40) }
            let seen = try await withThrowingTaskGroup(of: [String].self) { group in
                for client in clients {
                    group.addTask { try await client.collect(count * each).compactMap(\.text) }
                }
                for (number, client) in clients.enumerated() {
                    group.addTask {
                        for message in 0..<each { try await client.send("\(number) \(message)") }
                        return []
                    }
                }
                return try await group.reduce(into: [[String]]()) { if !$1.isEmpty { $0.append($1) } }
            }
            #expect(seen.count == count)
            #expect(Set(seen[0]).count == count * each)
            for other in seen { #expect(other == seen[0]) }
            for number in 0..<count {
                let own = seen[0].filter { $0.hasPrefix("Message: \(number) ") }
                #expect(own == (0..<each).map { "Message: \(number) \($0)" })
            }
        }
    }

    @Test("a client that joins in the middle sees one piece of the order, without a gap")
    func joiners() async throws {
        try await serve(configure: { $0.eventLoops = 2 }) { test in
            let writer = try await test.client("/ws/numbers")
            let publisher = Task {
                var number = 0
                while !Task.isCancelled {
                    try await test.publish("\(number)", to: "numbers")
                    number += 1
                    if number % 16 == 0 { await Task.yield() }
                }
            }
            defer { publisher.cancel() }
            for _ in 0..<15 {
                let joiner = try await test.client("/ws/numbers")
                let numbers = try await joiner.collect(50).compactMap { $0.text.flatMap { Int($0) } }
                #expect(numbers == Array(numbers[0]..<numbers[0] + 50))
                try await joiner.close()
            }
            let numbers = try await writer.collect(50).compactMap { $0.text.flatMap { Int($0) } }
            #expect(numbers == Array(0..<50))
        }
    }
}
