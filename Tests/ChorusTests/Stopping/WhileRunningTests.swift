import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import Synchronization
import Testing
import WebSocketWire

@Suite("What a program does while the server runs")
struct WhileRunningTests {
    private struct Broken: Error {}

    /// Returns, or throws, when the task is cancelled.
    private static func untilCancelled() async throws {
        while true { try await Task.sleep(for: .seconds(60)) }
    }

    @Test(
        "it runs while the server does, is cancelled when that stops, and has ended before run returns",
        arguments: [1, 3]
    )
    func runs(_ count: Int) async throws {
        let started = Notes<Int>()
        let ended = Mutex<[Int]>([])
        try await serve(routes: { server in
            server.relayTopics()
            for number in 0..<count {
                server.whileRunning {
                    started.note(number)
                    defer { ended.withLock { $0.append(number) } }
                    try await Self.untilCancelled()
                }
            }
        }) { test in
            #expect(try await started.next(count).sorted() == Array(0..<count))
            let client = try await test.client()
            try await client.send("hi")
            try await client.expect("Message: hi")
            #expect(ended.withLock { $0.isEmpty })
        }
        #expect(ended.withLock { $0.sorted() } == Array(0..<count))
    }

    @Test("one that returns is done, and the server goes on")
    func returns() async throws {
        let done = Notes<Void>()
        let cancelled = Notes<Void>()
        try await serve(routes: { server in
            server.relayTopics()
            server.whileRunning { done.note(()) }
            server.whileRunning {
                try? await Self.untilCancelled()
                cancelled.note(())
            }
        }) { test in
            _ = try await done.next()
            let client = try await test.client()
            try await client.send("hi")
            try await client.expect("Message: hi")
            await test.stop()
            try await client.expectClose(.goingAway)
        }
        _ = try await cancelled.next()
    }

    @Test("an error in one stops the server: the others are cancelled, clients are told, and run throws it")
    func fails() async throws {
        let gate = Gate()
        let told = Notes<WebSocketCloseCode>()
        let cancelled = Notes<Void>()
        await #expect(throws: Broken.self) {
            try await serve(routes: { server in
                server.relayTopics()
                server.whileRunning {
                    try? await Self.untilCancelled()
                    cancelled.note(())
                }
                server.whileRunning {
                    await gate.pass()
                    throw Broken()
                }
            }) { test in
                let client = try await test.client()
                // not a part of the test that ends with the server
                Task {
                    if let reason = try? await client.expectClose() { told.note(reason.code) }
                }
                try await client.send("hi")
                gate.open()
                try await test.expectConnections(0)
            }
        }
        #expect(try await told.next() == .goingAway)
        _ = try await cancelled.next()
    }

    @Test("an error with which one answers its cancellation is none of the server's")
    func failsWhenCancelled() async throws {
        let started = Notes<Void>()
        try await serve(routes: { server in
            server.relayTopics()
            for _ in 0..<2 {
                server.whileRunning {
                    started.note(())
                    try? await Self.untilCancelled()
                    // as what was waited for often says it in its own words
                    throw Broken()
                }
            }
        }) { test in
            _ = try await started.next(2)
            let client = try await test.client()
            await test.stop()
            try await client.expectClose(.goingAway)
        }
    }

    @Test("one that ends because another does, while the server stops, changes nothing for the clients")
    func endsTogether() async throws {
        let started = Notes<Void>()
        let ended = Notes<Void>()
        let (numbers, source) = AsyncStream.makeStream(of: Int.self)
        try await serve(routes: { server in
            server.relayTopics()
            server.whileRunning {
                started.note(())
                for await _ in numbers {}
                ended.note(())
            }
            server.whileRunning {
                started.note(())
                try? await Self.untilCancelled()
                source.finish()
                // until the end of the other has gone everywhere
                await Task { _ = try? await ended.next() }.value
                for _ in 0..<1000 { await Task.yield() }
            }
        }) { test in
            _ = try await started.next(2)
            let client = try await RawSocket.open(try await test.raw(), "/ws/news")
            await test.stop()
            #expect(try await client.next().closeCode == 1001)
            try await client.send(.close(1001))
            try await test.expectConnections(0)
        }
    }

    @Test("nothing is published in it any more when clients are told to go, and what was published arrives")
    func publishing() async throws {
        let last = Mutex(0)
        try await serve(routes: { server in
            server.relayTopics()
            server.whileRunning {
                let topic = try server.hub.topic("news")
                for number in 1... {
                    try await topic.publish("\(number)")
                    last.withLock { $0 = number }
                    try await Task.sleep(for: .milliseconds(1))
                }
            }
        }) { test in
            let client = try await test.client("/ws/news")
            var received = Int(try await client.collect(20).last?.text ?? "") ?? 0
            await test.stop()
            for await text in client.connection.texts { received = Int(text) ?? 0 }
            #expect(await client.connection.waitForClose().code == .goingAway)
            #expect(received == last.withLock { $0 })
            #expect(received >= 20)
        }
    }

    @Test("it is cancelled when the server cannot listen, and run throws that")
    func cannotListen() async throws {
        let ended = Notes<Void>()
        try await serve { test in
            let other = BroadcastServer(configuration: .init(port: test.port), logger: Recorder().logger)
            other.whileRunning {
                defer { ended.note(()) }
                try await Self.untilCancelled()
            }
            let error = await #expect(throws: ChorusError.self) {
                try await withTimeout { try await other.run(gracefulShutdownSignals: []) }
            }
            #expect(error?.code == .cannotListen)
            _ = try await ended.next()
        }
    }
}
