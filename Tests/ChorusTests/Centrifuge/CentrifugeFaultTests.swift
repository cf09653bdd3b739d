import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import ClientSupport
import NIOCore
import Testing

/// What clients do wrong, one after the other, while others of the same event loop go on.
@Suite("Centrifuge: faults disturb nobody else")
struct CentrifugeFaultTests {
    /// Two clients of one topic, to which the one publishes, an SDK's and a plain one.
    private struct Bystanders: Sendable {
        let sdk: CentrifugeClient
        let plain: TestClient

        init(_ test: TestServer) async throws {
            sdk = try await test.connected(#""token":"bystander""#)
            try await sdk.result(#""subscribe":{"channel":"kept:1"}"#)
            plain = try await test.client("/ws/kept:1")
        }

        /// A message that is answered and reaches both, and nothing else does.
        func talk(_ number: Int) async throws {
            #expect(try await sdk.result(#""publish":{"channel":"kept:1","data":\#(number)}"#) == [:])
            let publication: JSON = ["data": .number(Double(number)), "offset": .number(Double(number))]
            #expect(try await sdk.push() == ["channel": "kept:1", "pub": publication])
            try await plain.expect("\(number)")
        }
    }

    @Test(
        "whatever a client does wrong it is told by the documented code, and nobody else notices",
        arguments: Fault.all
    )
    func faults(_ fault: Fault) async throws {
        let gate = Gate()
        // of a hook that takes too long the log speaks, and of nothing that a client does
        let log = Recorder()
        let isHook = fault.testDescription == "a hook that hangs"
        let options = BroadcastServer.CentrifugeOptions(
            tokens: SpokenTokens(),
            allowsAnonymous: true,
            topicsPerConnection: 2,
            commandsPerFrame: 4,
            commandRate: nil,
            expiryGrace: .zero
        )
        try await serve(
            hub: Hub(configuration: .init(namespaces: [Namespace("kept", history: .last(10))])),
            log: log,
            configure: { configuration in
                configuration.eventLoops = 1
                configuration.limits.messageSize = 4096
                configuration.limits.hookTime = .milliseconds(300)
            },
            routes: { server in
                server.relayTopics()
                server.centrifuge(at: "/connection/websocket", options)
                guard isHook else { return }
                server.onSubscribe { request in
                    // not even when it is cancelled
                    if request.topic.description == "hangs" { await gate.pass() }
                    return .allowed
                }
            }
        ) { test in
            defer { gate.open() }
            let bystanders = try await Bystanders(test)
            try await bystanders.talk(1)
            let isOver = Gate()
            let talk = Task {
                var count = 1
                while !isOver.isOpen {
                    count += 1
                    try await bystanders.talk(count)
                }
                return count
            }
            do {
                try await fault.happen(test)
                isOver.open()
            } catch {
                isOver.open()
                throw error
            }
            let count = try await talk.value
            for number in count + 1...count + 3 { try await bystanders.talk(number) }
            try await bystanders.sdk.expectNothing()
            try await bystanders.plain.expectNothing()
            // nothing is left of who was wrong
            try await test.expectSessions(2)
        }
        #expect(log.remarks.count == (isHook ? 1 : 0), "\(log.remarks)")
    }
}

/// Something that a client does wrong.
struct Fault: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// Does it, and sees the code that is documented for it.
    let happen: @Sendable (TestServer) async throws -> Void

    init(_ description: String, _ happen: @escaping @Sendable (TestServer) async throws -> Void) {
        testDescription = description
        self.happen = happen
    }

    /// A frame that a client sends which has connected closes its connection.
    static func closes(_ description: String, _ code: UInt16, _ frame: String) -> Fault {
        Fault(description) { test in
            let client = try await test.connected(#""token":"ann""#)
            try await client.result(#""subscribe":{"channel":"kept:1"}"#)
            try await client.socket.send(frame)
            try await client.expectClose(code)
        }
    }

    /// The same in Protobuf, behind a connect command without a token.
    static func closes(_ description: String, _ code: UInt16, protobuf frame: [UInt8]) -> Fault {
        Fault(description) { test in
            let client = try await test.client("/connection/websocket?format=protobuf")
            try await client.send(ByteBuffer(bytes: [4, 0x08, 1, 0x22, 0]))
            _ = try await client.next()
            try await client.send(ByteBuffer(bytes: frame))
            try await client.expectClose(.init(rawValue: code))
        }
    }
}

extension Fault {
    private static let presence = #"{"id":9,"presence":{"channel":"a"}}"#

    static let all: [Fault] = [
        .closes("malformed JSON", 3501, #"{"id":2,"publish":{"channel":"kept:1","data":1}"#),
        .closes("JSON with something behind it", 3501, #"{"id":2,"publish":{"channel":"other","data":1}} x"#),
        .closes("malformed Protobuf: a length that is not there", 3501, protobuf: [9, 0x08, 2]),
        .closes("malformed Protobuf: a field that ends nowhere", 3501, protobuf: [4, 0x08, 2, 0x3A, 100]),
        .closes("Protobuf with a command that is not known", 3501, protobuf: [4, 0x08, 2, 0xA2, 0x06]),
        .closes("an unknown command", 3501, #"{"id":2,"dance":{}}"#),
        .closes("an oversized frame", 1009, String(repeating: "x", count: 4097)),
        .closes("too many commands in a frame", 3501, Array(repeating: presence, count: 50).joined(separator: "\n")),
        .closes(
            "a subscription token for another user",
            3500,
            #"{"id":2,"subscribe":{"channel":"a","token":"bob;topic=a"}}"#
        ),
        .closes("a connection token for another user", 3500, #"{"id":2,"refresh":{"token":"bob"}}"#),
        .closes("an expired token to go on with", 3005, #"{"id":2,"refresh":{"token":"expired"}}"#),
        Fault("a command before connect") { test in
            let client = try await test.centrifuge()
            try await client.socket.send(#"{"id":1,"publish":{"channel":"kept:1","data":"not published"}}"#)
            try await client.expectClose(3501)
        },
        Fault("a token that expires in flight") { test in
            let soon = WallClock.seconds + 1
            let client = try await test.centrifuge()
            #expect(try await client.error(#""connect":{"token":"expired"}"#) == 109)
            try await client.result(#""connect":{"token":"ann;expires=\#(soon + 1)"}"#)
            #expect(try await client.error(#""subscribe":{"channel":"a","token":"expired"}"#) == 109)
            let subscribe = #""subscribe":{"channel":"a","token":"ann;topic=a;expires=\#(soon)"}"#
            #expect(try await client.result(subscribe)["expires"] == true)
            let ended: JSON = ["channel": "a", "unsubscribe": ["code": 2501, "reason": "subscription expired"]]
            #expect(try await client.push() == ended)
            try await client.expectClose(3005)
        },
        Fault("too many topics") { test in
            let client = try await test.connected(#""token":"ann""#)
            for topic in ["a", "b"] { try await client.result(#""subscribe":{"channel":"\#(topic)"}"#) }
            #expect(try await client.error(#""subscribe":{"channel":"c"}"#) == 106)
            try await test.publish("still subscribed", to: "b")
            #expect(try await client.push() == ["channel": "b", "pub": ["data": "still subscribed"]])
            try await client.socket.close()
        },
        Fault("subscribing and leaving without waiting", race),
        Fault("a hook that hangs") { test in
            let client = try await test.connected(#""token":"ann""#)
            let failed: JSON = ["code": 100, "message": "internal server error", "temporary": true]
            #expect(try await client.ask(#""subscribe":{"channel":"hangs"}"#)["error"] == failed)
            // it hangs on, and this client is not held up either
            try await client.result(#""subscribe":{"channel":"a"}"#)
            try await client.socket.close()
        },
    ]

    /// To a topic in which others publish: every command is answered in its order, and a publication comes only between
    /// the answer to a subscription and that to its end, in order.
    @Sendable
    private static func race(_ test: TestServer) async throws {
        let client = try await test.connected(#""token":"ann""#)
        let ids = 1000..<1200
        for id in ids {
            let command = id.isMultiple(of: 2) ? "subscribe" : "unsubscribe"
            try await client.socket.send(#"{"id":\#(id),"\#(command)":{"channel":"kept:1"}}"#)
        }
        var (id, follows, offset) = (ids.lowerBound, false, 0)
        while id < ids.upperBound {
            guard let text = try await client.socket.next().text else { throw TestFailure("a binary message") }
            for json in try text.split(separator: "\n").map({ try JSON(parsing: String($0)) }) {
                if json["id"] != nil {
                    #expect(json["id"]?.int == id)
                    #expect(json["error"] == nil, "\(json)")
                    follows.toggle()
                    id += 1
                } else {
                    let next = json["push"]?["pub"]?["offset"]?.int ?? 0
                    #expect(follows && next > offset, "\(json) after \(offset)")
                    offset = next
                }
            }
        }
        try await client.expectNothing()
        try await client.socket.close()
    }
}
