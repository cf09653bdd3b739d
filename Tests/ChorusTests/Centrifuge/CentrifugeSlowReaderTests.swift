import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import ClientSupport
import NIOCore
import Testing

@Suite("Centrifuge: a client that does not read")
struct CentrifugeSlowReaderTests {
    private static let count = 4000
    private static let connect = #"{"id":1,"connect":{"token":"ann"}}"#
    private static let subscribe = #"{"id":2,"subscribe":{"channel":"kept:1"}}"#

    private func serve(
        _ overflow: OverflowPolicy,
        _ body: @escaping @Sendable (TestServer) async throws -> Void
    ) async throws {
        let window = Window(messages: 1000, bytes: 256 << 10)
        try await serveCentrifuge(
            Namespace("kept", history: .last(10_000), window: window, overflow: overflow),
            options: .init(tokens: SpokenTokens()),
            configure: { configuration in
                configuration.eventLoops = 1
                configuration.keepAlive = nil
                // longer than a loaded machine takes to publish all
                configuration.limits.closeTime = .minutes(2)
            },
            body
        )
    }

    /// A socket that has read the answers to its commands, and then stops; its kernel takes little.
    private func stalled(_ test: TestServer, _ commands: String...) async throws -> RawSocket {
        let socket = try await RawSocket.open(try await test.raw(receiveBuffer: 4096), "/connection/websocket")
        for command in commands {
            try await socket.send(.text(command))
            _ = try await socket.next()
        }
        try await socket.client.stopReading()
        return socket
    }

    /// Publishes numbers of 1 KiB, which another client of the same event loop receives, all of them.
    private func publish(_ test: TestServer) async throws {
        let other = try await test.connected(#""token":"bob""#)
        try await other.result(#""subscribe":{"channel":"kept:1"}"#)
        let filler = String(repeating: "x", count: 1000)
        for number in 1...Self.count {
            try await test.hub.publish(Message(.json, ByteBuffer(string: #"["\#(filler)"]"#)), to: TopicName("kept:1"))
            guard number.isMultiple(of: 50) else { continue }
            for offset in number - 49...number {
                #expect(try await other.push()["pub"]?["offset"] == .number(Double(offset)))
            }
        }
        try await other.socket.close()
    }

    /// What came to the socket: publications, each with the offset behind that before, and then something else.
    private struct Run {
        var offset = 0
        var epoch = ""
        /// A reply or a push that is no publication.
        var end: JSON = .null
        var closeCode: Int?
        var closeReason = ""
    }

    private func read(_ socket: RawSocket, after offset: Int = 0, to end: Int = .max) async throws -> Run {
        var run = Run(offset: offset)
        while run.offset < end {
            let frame = try await socket.next(within: 20)
            if let code = frame.closeCode {
                run.closeCode = code
                run.closeReason = String(decoding: frame.payload.readableBytesView.dropFirst(2), as: UTF8.self)
                return run
            }
            let json = try JSON(parsing: frame.text)
            guard let publication = json["push"]?["pub"] else {
                run.end = json
                return run
            }
            let next = publication["offset"]?.int
            guard next == run.offset + 1 else { throw TestFailure("\(next ?? 0) came after \(run.offset)") }
            run.offset += 1
        }
        return run
    }

    /// A new connection that comes back with a position gets the rest.
    private func expectRest(_ test: TestServer, after offset: Int) async throws {
        let socket = try await RawSocket.open(try await test.raw(), "/connection/websocket")
        try await socket.send(.text(Self.connect))
        _ = try await socket.next()
        try await recover(socket, after: offset)
    }

    private func recover(_ socket: RawSocket, after offset: Int) async throws {
        #expect(offset < Self.count)
        try await socket.send(
            .text(#"{"id":3,"subscribe":{"channel":"kept:1","recover":true,"offset":\#(offset)}}"#)
        )
        let answer = try await read(socket, after: offset).end
        #expect(answer["id"] == 3 && answer["subscribe"]?["recovered"] == true, "\(answer)")
        #expect(try await read(socket, after: offset, to: Self.count).offset == Self.count)
    }

    @Test("it is closed with 3008 when it left the window; another receives everything, and so does it on return")
    func slow() async throws {
        try await serve(.disconnect) { test in
            let stalled = try await stalled(test, Self.connect, Self.subscribe)
            try await publish(test)
            try await stalled.client.startReading()
            let run = try await read(stalled)
            #expect(run.closeCode == 3008 && run.closeReason == "slow")
            try await expectRest(test, after: run.offset)
        }
    }

    @Test("where it can be told of a gap its subscription ends with 2500, and recovers on the same connection")
    func resync() async throws {
        try await serve(.resync) { test in
            let stalled = try await stalled(test, Self.connect, Self.subscribe)
            try await publish(test)
            try await stalled.client.startReading()
            let run = try await read(stalled)
            let ended: JSON = ["channel": "kept:1", "unsubscribe": ["code": 2500, "reason": "insufficient state"]]
            #expect(run.end["push"] == ended)
            // nothing more comes of it
            try await test.publish("for who is back", to: "kept:1")
            try await stalled.send(.text(#"{"id":9,"presence":{"channel":"kept:1"}}"#))
            #expect(try await read(stalled, after: run.offset).end["error"]?["code"] == 108)
            try await recover(stalled, after: run.offset)
        }
    }

    @Test("on a subscription that the server has made, which no client can make anew, it is closed with 3010")
    func serverSide() async throws {
        try await serve(.resync) { test in
            let stalled = try await stalled(test, #"{"id":1,"connect":{"token":"ann;topic=kept:1"}}"#)
            try await publish(test)
            try await stalled.client.startReading()
            let run = try await read(stalled)
            #expect(run.closeCode == 3010 && run.closeReason == "insufficient state")
            try await expectRest(test, after: run.offset)
        }
    }

    @Test("what it alone is told and does not read closes it with 3008, too")
    func outbox() async throws {
        try await serve(.disconnect) { test in
            let stalled = try await stalled(test, Self.connect)
            let text = String(repeating: "x", count: 1000)
            for _ in 0..<Self.count where await test.hub.send(text, toUser: "ann") == 0 { break }
            try await stalled.client.startReading()
            while true {
                let frame = try await stalled.next(within: 20)
                guard let code = frame.closeCode else { continue }
                #expect(code == 3008)
                break
            }
        }
    }
}
