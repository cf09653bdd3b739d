import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import ClientSupport
import NIOCore
import Testing

@Suite("The HTTP API: bodies")
struct APIBodyTests {
    private static var limits: HTTPAPI.Limits {
        var limits = HTTPAPI.Limits()
        limits.bodySize = 1000
        return limits
    }

    /// A request to publish, of exactly so many bytes.
    private static func body(_ size: Int) -> String {
        let body = #"{"channel":"room","data":"x"}"#
        return body + String(repeating: " ", count: size - body.utf8.count)
    }

    private static func chunked(_ pieces: [String]) -> String {
        let head = "POST /api/publish HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        let chunks = pieces.map { "\(String($0.utf8.count, radix: 16))\r\n\($0)\r\n" }.joined()
        return head + "Transfer-Encoding: chunked\r\n\r\n\(chunks)0\r\n\r\n"
    }

    @Test("a body of exactly the limit is taken, one of a byte more is 413 and not published")
    func limit() async throws {
        try await serveAPI(limits: Self.limits) { test, api in
            let reader = try await test.client("/ws/room")
            try await api.result("publish", Self.body(1000))
            try await reader.expect("x")
            for size in [1001, 100_000] {
                let answer = try await (try await test.api()).ask("publish", Self.body(size))
                #expect(answer.status == 413)
                #expect(answer.code == 107)
                #expect(answer.message.contains("1000"))
            }
            try await reader.expectNothing()
        }
    }

    @Test("so it is with bodies that come in chunks")
    func chunks() async throws {
        try await serveAPI(limits: Self.limits) { test, _ in
            let reader = try await test.client("/ws/room")
            let text = Self.body(1000)
            let pieces = stride(from: 0, to: 1000, by: 7).map { String(text.dropFirst($0).prefix(7)) }
            let taken = try await (try await test.raw()).ask(Self.chunked(pieces))
            #expect(taken.status == 200)
            try await reader.expect("x")
            let refused = try await (try await test.raw()).ask(Self.chunked(pieces + [" "]))
            #expect(refused.status == 413)
            try await reader.expectNothing()
        }
    }

    @Test("the largest message of the defaults, 1 MiB, is published; one byte more is not")
    func largest() async throws {
        try await serveAPI { test, api in
            let reader = try await test.client("/ws/room")
            let text = String(repeating: "0123456789abcdef", count: 1 << 16)
            try await api.result("publish", #"{"channel":"room","data":"\#(text)"}"#)
            #expect(try await reader.next().text == text)
            #expect(try await api.ask("publish", #"{"channel":"room","data":"\#(text)x"}"#).code == 107)
            // what is escaped counts as what it stands for
            let escaped = String(repeating: "\\u0041", count: 1 << 18)
            try await api.result("publish", #"{"channel":"room","data":"\#(escaped)"}"#)
            #expect(try await reader.next().text == String(repeating: "A", count: 1 << 18))
        }
    }

    @Test("a request may be cut anywhere, and several may come at once")
    func cut() async throws {
        try await serveAPI { test, api in
            let reader = try await test.client("/ws/room")
            let request = Array(Self.chunked([#"{"channel":"#, #""room","data":"x"}"#]).utf8)
            for cut in stride(from: 1, to: request.count, by: 5) {
                try await api.client.send(ByteBuffer(bytes: request[..<cut]))
                try await api.client.send(ByteBuffer(bytes: request[cut...]))
                #expect(try await api.client.reply().status == 200)
                try await reader.expect("x")
            }
            try await api.client.send(ByteBuffer(bytes: repeatElement(request, count: 20).joined()))
            for _ in 0..<20 { #expect(try await api.client.reply().status == 200) }
            try await reader.expect([String](repeating: "x", count: 20))
        }
    }

    @Test("one that goes in the middle of a request disturbs nobody", arguments: [false, true])
    func goes(_ resets: Bool) async throws {
        try await serveAPI { test, api in
            let reader = try await test.client("/ws/room")
            let leaver = try await test.raw()
            try await leaver.send(
                "POST /api/publish HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 1000\r\n\r\n" + #"{"channel":"room","data":"half""#
            )
            try await test.expectConnections(3)
            if resets { try await leaver.reset() } else { try await leaver.close() }
            try await test.expectConnections(2)
            try await api.result("publish", #"{"channel":"room","data":"whole"}"#)
            try await reader.expect("whole")
            try await reader.expectNothing()
        }
    }

    @Test("those who are connected go on through a storm of bad requests")
    func undisturbed() async throws {
        try await serveAPI(limits: Self.limits) { test, _ in
            let sender = try await test.client("/ws/room")
            let reader = try await test.client("/ws/room?format=json")
            let bad = [
                "{", "[]", Self.body(1001), #"{"channel":"room"}"#, #"{"channel":"room","b64data":"?"}"#, "\u{0}",
            ]
            let storm = Task {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for body in bad {
                        group.addTask {
                            for _ in 0..<20 {
                                let api = try await test.api()
                                #expect(try await api.ask("publish", body).error != nil)
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
            for number in 0..<200 {
                try await sender.send("\(number)")
                try await sender.expect("\(number)")
                #expect(try await reader.published()["data"] == .text("\(number)"))
            }
            try await storm.value
            try await sender.expectNothing()
            try await reader.expectNothing()
        }
    }
}
