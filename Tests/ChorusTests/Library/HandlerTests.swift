import Chorus
import ChorusTesting
import Logging
import NIOCore
import Testing

@Suite("A handler")
struct HandlerTests {
    private struct Broken: Error {}

    @Test("the tutorial's server: everybody hears everybody")
    func tutorial() async throws {
        try await serve(routes: { server in
            server.webSocket("/ws") { client in
                for await text in client.texts {
                    server.broadcast("Message: \(text)")
                }
            }
        }) { test in
            let clients = try await test.clients(3)
            try await clients[2].send("hi")
            for client in clients { try await client.expect("Message: hi") }
            test.server.broadcast("Hello everyone!")
            for client in clients { try await client.expect("Hello everyone!") }
            try await test.expectSessions(3)
        }
    }

    @Test("when it returns, the client is told 1000, after everything that was sent")
    func returns() async throws {
        try await serve(routes: { server in
            server.webSocket("/ws") { client in
                for number in 0..<100 { client.send("\(number)") }
            }
        }) { test in
            let client = try await test.client()
            try await client.expect((0..<100).map(String.init))
            try await client.expectClose(.normal)
            try await test.expectSessions(0)
        }
    }

    @Test("when it throws, the client is told 1011, and the log the error")
    func throwsError() async throws {
        let log = Recorder()
        try await serve(
            log: log,
            routes: { server in
                server.webSocket("/ws") { client in
                    for await _ in client.texts { throw Broken() }
                }
            }
        ) { test in
            let client = try await test.client()
            try await client.send("go")
            try await client.expectClose(.internalError)
        }
        let errors = log.lines.filter { $0.level == .error }
        #expect(errors.count == 1)
        #expect(errors.first?.metadata["chorus.error"] == "Broken()")
        #expect(errors.first?.metadata["chorus.path"] == "/ws")
    }

    @Test("placeholders, query, headers and address are at hand")
    func request() async throws {
        try await serve(routes: { server in
            server.webSocket("/rooms/{room}/{seat}") { client in
                let room = try client.parameters.require("room")
                client.send("\(room) \(client.parameters["seat"] ?? "") \(client.parameters["other"] ?? "-")")
                client.send("\(client.query["name"] ?? "") \(client.query["none"] ?? "-") \(client.query.items.count)")
                client.send("\(client.request.path) \(client.request.header("x-test") ?? "")")
                client.send(client.request.remoteAddress ?? "")
            }
        }) { test in
            let socket = try await RawSocket.open(
                try await test.raw(),
                "/rooms/a%20b/7?name=Ada+L&x=1",
                "X-Test: yes\r\n"
            )
            for text in ["a b 7 -", "Ada L - 2", "/rooms/a%20b/7 yes", "127.0.0.1"] { try await socket.expect(text) }
        }
    }

    @Test("a parameter that the path does not have is an error")
    func missingParameter() async throws {
        let log = Recorder()
        try await serve(
            log: log,
            routes: { server in
                server.webSocket("/ws") { client in _ = try client.parameters.require("room") }
            }
        ) { test in
            try await (try await test.client()).expectClose(.internalError)
        }
        #expect(log.remarks.count == 1)
        #expect(log.remarks.first?.contains("missing_parameter") == true)
    }

    @Test("an exact path wins over one with placeholders, whichever came first")
    func exactPath() async throws {
        try await serve(routes: { server in
            server.webSocket("/rooms/{room}") { client in client.send("any") }
            server.webSocket("/rooms/lobby") { client in client.send("lobby") }
        }) { test in
            try await (try await test.client("/rooms/lobby")).expect("lobby")
            try await (try await test.client("/rooms/other")).expect("any")
        }
    }

    @Test("a handler may wait for something else; its client is sent what it sends, and kept alive")
    func notReading() async throws {
        let gate = Gate()
        try await serve(
            configure: { $0.keepAlive = .init(interval: .milliseconds(100), timeout: .milliseconds(100)) },
            routes: { server in
                server.webSocket("/ws") { client in
                    await gate.pass()
                    for await text in client.texts.prefix(200) { client.send(text) }
                }
            }
        ) { test in
            let socket = try await RawSocket.open(try await test.raw())
            for number in 0..<200 { try await socket.send(.text("\(number)")) }
            for _ in 0..<4 {
                #expect(try await socket.next().opcode == 9)
            }
            gate.open()
            var expected = 0
            while expected < 200 {
                let frame = try await socket.next()
                guard frame.opcode == 1 else { continue }
                #expect(frame.text == "\(expected)")
                expected += 1
            }
        }
    }

    @Test("a handler that takes nothing slows its client down, and loses nothing")
    func backpressure() async throws {
        let gate = Gate()
        let sent = Gate()
        let count = 512
        let size = 64 << 10
        try await serve(routes: { server in
            server.webSocket("/take") { client in
                await gate.pass()
                var number: UInt8 = 0
                for await message in client.messages.prefix(count) {
                    guard message.payload.readableBytes == size, message.payload.getInteger(at: 0) == number else {
                        break
                    }
                    number &+= 1
                }
                client.send("\(number)")
            }
            server.echo()
        }) { test in
            let socket = try await RawSocket.open(try await test.raw(), "/take")
            let sending = Task {
                for number in 0..<count {
                    try await socket.send(.binary([UInt8](repeating: UInt8(truncatingIfNeeded: number), count: size)))
                }
                sent.open()
            }
            // 32 MiB are more than the kernel takes; while somebody else has a long talk they must not all be taken
            let other = try await test.client("/echo")
            for number in 0..<300 {
                try await other.send("\(number)")
                try await other.expect("\(number)")
            }
            #expect(!sent.isOpen)
            gate.open()
            try await sending.value
            try await socket.expect("\(UInt8(truncatingIfNeeded: count))")
        }
    }
}
