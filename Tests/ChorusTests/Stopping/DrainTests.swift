import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import Hummingbird
import NIOCore
import Synchronization
import Testing

@Suite("The end of a server")
struct DrainTests {
    @Test("clients are told 1001, nobody gets in any more, and run returns")
    func stops() async throws {
        try await serve { test in
            let clients = try await test.clients(5)
            await test.stop()
            for client in clients {
                #expect(try await client.expectClose(.goingAway).reason.isEmpty == false)
            }
            await #expect(throws: (any Error).self) { try await test.client() }
            try await test.expectConnections(0)
        }
    }

    @Test("what was accepted is delivered before, also to those who are behind")
    func accepted() async throws {
        let hub = Hub(configuration: .init(defaults: Namespace(window: Window(bytes: 16 << 20))))
        try await serve(
            hub: hub,
            configure: { configuration in
                configuration.drainTime = .seconds(20)
                configuration.limits.closeTime = .seconds(5)
            }
        ) { test in
            let slow = try await RawSocket.open(try await test.raw(receiveBuffer: 4096), "/ws/news")
            try await slow.client.stopReading()
            let publisher = try await RawSocket.open(try await test.raw(), "/ws/news")
            try await publisher.client.send(Numbered.clientFrames(0..<1500))
            #expect(try await publisher.readNumbered(to: 1500).numbers == 0..<1500)
            await test.stop()
            try await publisher.expectClose(1001)
            try await slow.client.startReading()
            let run = try await slow.readNumbered(to: 1500)
            #expect(run.numbers == 0..<1500)
            // it may have come in one piece with the last message
            if run.closeCode == nil { try await slow.expectClose(1001) } else { #expect(run.closeCode == 1001) }
        }
    }

    @Test("clients are told at 100 a second, so that they do not all come back at once")
    func spread() async throws {
        let times = Mutex<[ContinuousClock.Instant]>([])
        try await serve(
            configure: { $0.drainTime = .seconds(5) },
            routes: { server in
                server.relayTopics()
                server.onDisconnect { _, _ in times.withLock { $0.append(.now) } }
            }
        ) { test in
            let clients = try await test.clients(120)
            let start = ContinuousClock.now
            await test.stop()
            for client in clients { try await client.expectClose(.goingAway) }
            // the hook runs in a task of its own
            try await eventually("all hooks have run") { times.withLock { $0.count } == 120 }
            let seconds = times.withLock { $0.sorted().map { ($0 - start) / .seconds(1) } }
            #expect(seconds.count == 120)
            // 120 clients take 1.2 s; the wheel's ticks and a busy machine blur that
            #expect(seconds[119] > 0.8 && seconds[119] < 4)
            #expect(seconds[60] > 0.3, "half of them after \(seconds[60]) s")
            #expect(seconds.filter { $0 < 0.3 }.count < 60)
        }
    }

    @Test("the drain time is the most that it takes")
    func drainTime() async throws {
        let start = Mutex<ContinuousClock.Instant?>(nil)
        try await serve(configure: { configuration in
            configuration.drainTime = .milliseconds(300)
            configuration.limits.closeTime = .milliseconds(300)
        }) { test in
            let clients = try await test.clients(80)
            // one that does not read, one that does not answer, one that says nothing
            let stuck = try await RawSocket.open(try await test.raw(receiveBuffer: 4096), "/ws/news")
            try await stuck.client.stopReading()
            for number in 0..<1000 {
                try await test.publish("\(number) " + String(repeating: "x", count: 1000), to: "news")
            }
            let mute = try await RawSocket.open(try await test.raw())
            let halfOpen = try await test.raw()
            try await test.expectConnections(83)
            start.withLock { $0 = .now }
            await test.stop()
            for client in clients { try await client.expectClose(.goingAway) }
            try await halfOpen.expectRefusal(503)
            #expect(try await mute.next().closeCode == 1001)
            try await test.expectConnections(0)
            try await stuck.client.close()
        }
        let time = start.withLock { ContinuousClock.now - ($0 ?? .now) }
        #expect(time < .seconds(4))
    }

    @Test("HTTP connections end: idle ones at once, busy ones with their answer")
    func http() async throws {
        let gate = Gate()
        let asked = Notes<Void>()
        let router = HTTPTests.router()
        router.get("/slow") { _, _ in
            asked.note(())
            await gate.pass()
            return "slow\n"
        }
        try await serve(router: router, configure: { $0.drainTime = .seconds(5) }) { test in
            let idle = try await test.raw()
            #expect(try await idle.ask(HTTPTests.get).status == 200)
            let busy = try await test.raw()
            try await busy.send(HTTPTests.get.replacing("/hello", with: "/slow"))
            _ = try await asked.next()
            await test.stop()
            #expect(try await idle.readToEnd().end == .closed)
            gate.open()
            #expect(try await busy.reply().body == "slow\n")
            #expect(try await busy.readToEnd().end == .closed)
            try await test.expectConnections(0)
        }
    }

    @Test("handlers end, and what they sent last arrives")
    func handlers() async throws {
        let notes = Notes<String>()
        try await serve(routes: { server in
            server.webSocket("/ws") { client in
                client.send("hello")
                for await _ in client.texts {}
                notes.note("\(client.closeReason?.code.rawValue ?? 0)")
            }
        }) { test in
            let client = try await test.client()
            await test.stop()
            try await client.expect("hello")
            try await client.expectClose(.goingAway)
            #expect(try await notes.next() == "1001")
        }
    }

    @Test("a client that the hook is being asked about is answered 503")
    func deciding() async throws {
        let gate = Gate()
        let asked = Notes<Void>()
        try await serve(routes: { server in
            server.relayTopics()
            server.onConnect { _ in
                asked.note(())
                await gate.pass()
            }
        }) { test in
            let client = try await test.raw()
            try await client.send(RawSocket.request("/ws"))
            _ = try await asked.next()
            await test.stop()
            try await client.expectRefusal(503)
            gate.open()
        }
    }

    @Test("handlers finish what they do after the end, and one that does not is cancelled")
    func handlersFinish() async throws {
        let finished = Mutex<[String]>([])
        try await serve(
            configure: { $0.eventLoops = 1 },
            routes: { server in
                server.webSocket("/tidy") { client in
                    for await _ in client.messages {}
                    let room = try server.hub.topic("room")
                    // each waits for the client's event loop, which has to be there still
                    for _ in 0..<20 {
                        await room.join(client)
                        await room.leave(client)
                    }
                    finished.withLock { $0.append("tidy") }
                }
                server.webSocket("/endless") { _ in
                    while !Task.isCancelled { try? await Task.sleep(for: .seconds(60)) }
                    finished.withLock { $0.append("endless") }
                }
            }
        ) { test in
            let clients = [try await test.client("/tidy"), try await test.client("/endless")]
            try await test.expectSessions(2)
            await test.stop()
            for client in clients { _ = try await client.expectClose(.goingAway) }
        }
        #expect(finished.withLock { $0.sorted() } == ["endless", "tidy"])
    }
}
