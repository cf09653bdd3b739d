import Chorus
import ChorusCore
import ChorusTesting
import NIOCore
import Testing

@Suite("A client that publishes as fast as it can", .serialized)
struct FirehoseTests {
    private static let count = 20_000

    /// A window in 100 ms is what every reader has to take: 5 MB/s also on a busy machine without optimization.
    private static func hub() -> Hub {
        Hub(configuration: .init(defaults: Namespace(window: Window(bytes: 512 << 10))))
    }

    /// Sends everything in one go, as somebody does who never looks at what comes back.
    private func publish(_ socket: RawSocket) async throws {
        for start in stride(from: 0, to: Self.count, by: 500) {
            try await socket.client.send(Numbered.clientFrames(start..<start + 500))
        }
    }

    @Test("20,000 messages of 1 KiB reach every healthy reader in order")
    func healthy() async throws {
        try await serve(hub: Self.hub(), configure: { $0.eventLoops = 2 }) { test in
            let publisher = try await RawSocket.open(try await test.raw(), "/ws/flood")
            var readers = [publisher]
            for _ in 0..<3 { readers.append(try await RawSocket.open(try await test.raw(), "/ws/flood")) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for reader in readers {
                    group.addTask {
                        let run = try await reader.readNumbered(to: Self.count)
                        #expect(run.numbers == 0..<Self.count)
                        #expect(run.closeCode == nil)
                    }
                }
                group.addTask { try await publish(publisher) }
                try await group.waitForAll()
            }
            #expect(test.hub.keptBytes <= 8 << 20)
        }
    }

    @Test("it is slowed to what a slow reader takes, and the slow one misses nothing either")
    func slow() async throws {
        // a window in 100 ms is the pace below which nobody is slowed; this reader takes several times that
        let hub = Hub(configuration: .init(defaults: Namespace(window: Window(bytes: 128 << 10))))
        try await serve(hub: hub) { test in
            let publisher = try await RawSocket.open(try await test.raw(), "/ws/flood")
            let healthy = try await RawSocket.open(try await test.raw(), "/ws/flood")
            let slow = try await RawSocket.open(try await test.raw(receiveBuffer: 256 << 10), "/ws/flood")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for reader in [publisher, healthy] {
                    group.addTask {
                        let run = try await reader.readNumbered(to: Self.count)
                        #expect(run.numbers == 0..<Self.count)
                    }
                }
                group.addTask {
                    let run = try await slow.readNumbered(to: Self.count) {
                        try await Task.sleep(for: .milliseconds(5))
                    }
                    #expect(run.numbers.lowerBound == 0)
                    #expect(run.closeCode == nil, "thrown out after \(run.numbers.upperBound)")
                }
                group.addTask { try await publish(publisher) }
                try await group.waitForAll()
            }
        }
    }

    @Test("a reader that takes nothing does not stop it")
    func stuck() async throws {
        try await serve(hub: Self.hub()) { test in
            let publisher = try await RawSocket.open(try await test.raw(), "/ws/flood")
            let healthy = try await RawSocket.open(try await test.raw(), "/ws/flood")
            let stuck = try await RawSocket.open(try await test.raw(receiveBuffer: 4096), "/ws/flood")
            try await stuck.client.stopReading()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for reader in [publisher, healthy] {
                    group.addTask {
                        let run = try await reader.readNumbered(to: Self.count)
                        #expect(run.numbers == 0..<Self.count)
                    }
                }
                group.addTask { try await publish(publisher) }
                try await group.waitForAll()
            }
            #expect(await test.hub.counters().overflows == 1)
            try await test.expectSessions(2)
        }
    }
}
