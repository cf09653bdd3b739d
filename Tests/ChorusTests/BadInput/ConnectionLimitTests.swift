import Chorus
import ChorusClient
import ChorusTesting
import Testing

@Suite("Too many connections")
struct ConnectionLimitTests {
    @Test("one too many is answered 503 with Retry-After, and there is room again when one has gone")
    func total() async throws {
        try await serve(configure: { $0.limits.connections = 3 }) { test in
            var clients = try await test.clients(3)
            for _ in 0..<3 {
                let client = try await test.raw()
                try await client.send(RawSocket.request("/ws"))
                let seconds = try await client.expectRefusal(503).header("Retry-After").flatMap { Int($0) }
                #expect((1...60).contains(seconds ?? 0))
            }
            try await clients.removeLast().close()
            try await test.expectConnections(2)
            clients.append(try await test.client())
            try await clients[2].send("hi")
            for client in clients { try await client.expect("Message: hi") }
        }
    }

    @Test("plain HTTP counts too")
    func http() async throws {
        try await serve(configure: { $0.limits.connections = 1 }) { test in
            let first = try await test.raw()
            #expect(try await first.ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n").status == 404)
            let second = try await test.raw()
            try await second.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            try await second.expectRefusal(503)
        }
    }

    @Test("a storm far beyond the limit does not disturb who is connected, and passes")
    func storm() async throws {
        try await serve(configure: { $0.limits.connections = 2 }) { test in
            let clients = try await test.clients(2)
            var storm: [RawClient] = []
            for _ in 0..<300 { storm.append(try await test.raw()) }
            try await clients[0].send("hi")
            for client in clients { try await client.expect("Message: hi") }
            for client in storm { try? await client.close() }
            try await test.expectConnections(2)
            try await clients[1].close()
            try await test.expectConnections(1)
            _ = try await test.client()
        }
    }

    @Test("one address may have so many, others are not touched, and its places are given back")
    func perAddress() async throws {
        try await serve(configure: { configuration in
            configuration.limits.connectionsPerAddress = 2
            configuration.trustedProxies = [try! TrustedProxy("127.0.0.0/8")]  // a network, as the tests of it show
        }) { test in
            func open(_ address: String) async throws -> (Int, RawClient) {
                let client = try await test.raw()
                return (
                    try await client.ask(RawSocket.request("/ws", "X-Forwarded-For: \(address)\r\n")).status, client
                )
            }
            var held = [try await open("1.1.1.1"), try await open("1.1.1.1")]
            #expect(held.map(\.0) == [101, 101])
            let refused = try await open("1.1.1.1")
            #expect(refused.0 == 503)
            held.append(try await open("2.2.2.2"))
            #expect(held[2].0 == 101)
            try await held[0].1.reset()
            try await test.expectSessions(2)
            held.append(try await open("1.1.1.1"))
            #expect(held[3].0 == 101)
            // those who were refused gave nothing back that they did not have
            try await refused.1.close()
            #expect(try await open("1.1.1.1").0 == 503)
        }
    }

    @Test("without a proxy the address is the socket's, whatever the client claims")
    func claimed() async throws {
        try await serve(configure: { $0.limits.connectionsPerAddress = 1 }) { test in
            let first = try await test.client()
            let second = try await test.raw()
            try await second.send(RawSocket.request("/ws", "X-Forwarded-For: 1.2.3.4\r\n"))
            try await second.expectRefusal(503)
            try await first.close()
            try await test.expectConnections(0)
            _ = try await test.client()
        }
    }
}
