import CentrifugeProtocol
import Chorus
import ChorusCore
import ChorusTesting
import ClientSupport
import NIOCore
import Testing

@Suite("Centrifuge: deltas")
struct CentrifugeDeltaTests {
    /// What a client makes of publications that were agreed on as deltas.
    private struct Follower {
        private var payload = ByteBuffer()
        private(set) var deltas = 0

        mutating func take(_ publication: JSON) throws -> String {
            let text = try #require(publication["pub"]?["data"]?.string)
            if publication["pub"]?["delta"] == true {
                deltas += 1
                payload = try FossilDelta.apply(ByteBuffer(string: text), to: payload)
            } else {
                payload = ByteBuffer(string: text)
            }
            return String(buffer: payload)
        }
    }

    private static func text(_ number: Int, _ more: String = "") -> String {
        "a long text that hardly changes from one message to the next, but for number \(number)\(more)"
    }

    @Test("whoever joins receives a whole payload first, and then differences; nobody else notices")
    func joining() async throws {
        try await serveCentrifuge(Namespace("kept", history: .last(100))) { test in
            var clients: [CentrifugeClient] = []
            var followers: [Follower] = []
            let whole = try await test.connected()
            try await whole.result(#""subscribe":{"channel":"kept:1"}"#)
            for number in 0..<20 {
                if number.isMultiple(of: 4) {
                    let client = try await test.connected()
                    let result = try await client.result(#""subscribe":{"channel":"kept:1","delta":"fossil"}"#)
                    #expect(result["delta"] == true)
                    clients.append(client)
                    followers.append(Follower())
                }
                try await test.publish(Self.text(number), to: "kept:1")
                #expect(try await whole.publication()["pub"]?["data"] == .text(Self.text(number)))
                for index in clients.indices {
                    let text = try followers[index].take(try await clients[index].publication())
                    #expect(try JSON(parsing: text) == .text(Self.text(number)))
                }
            }
            #expect(followers.map(\.deltas) == [19, 15, 11, 7, 3])
        }
    }

    @Test("so it is with messages that are too large to be kept for the next one")
    func large() async throws {
        try await serveCentrifuge(Namespace("kept", history: .last(100))) { test in
            let client = try await test.connected()
            try await client.result(#""subscribe":{"channel":"kept:1","delta":"fossil"}"#)
            var follower = Follower()
            for number in 0..<20 {
                let text = Self.text(number, String(repeating: " and more", count: 1000))
                try await test.publish(text, to: "kept:1")
                #expect(try JSON(parsing: try follower.take(try await client.publication())) == .text(text))
            }
            // all but the first, and mostly the one behind it: nobody took differences yet when the first went out, and
            // the log may have let it go
            #expect(follower.deltas >= 18)
        }
    }

    @Test("a client that recovers takes the past whole, and goes on with differences to its end")
    func recovering() async throws {
        try await serveCentrifuge(Namespace("kept", history: .last(100))) { test in
            try await test.publish(Self.text(1), to: "kept:1")
            let client = try await test.connected()
            let first = try await client.result(#""subscribe":{"channel":"kept:1","delta":"fossil"}"#)
            let epoch = try #require(first["epoch"]?.string)
            for number in 2...5 { try await test.publish(Self.text(number), to: "kept:1") }
            let back = try await test.connected()
            try await back.result(
                #""subscribe":{"channel":"kept:1","delta":"fossil","recover":true,"epoch":"\#(epoch)","offset":2}"#
            )
            var follower = Follower()
            for number in 3...8 {
                if number > 5 { try await test.publish(Self.text(number), to: "kept:1") }
                let text = try follower.take(try await back.publication())
                #expect(try JSON(parsing: text) == .text(Self.text(number)))
            }
            #expect(follower.deltas == 2)
        }
    }

    @Test("payloads of any kind and size arrive, whatever their difference looks like")
    func payloads() async throws {
        try await serveCentrifuge(Namespace("kept", history: .last(100), presence: true)) { test in
            let client = try await test.connected()
            try await client.result(#""subscribe":{"channel":"kept:1","delta":"fossil"}"#)
            var follower = Follower()
            let texts =
                ["", "x", "ü\u{1F600}", Self.text(1, "äöü"), Self.text(1, "äöÜ"), Self.text(2, "\u{1F601}")]
                + (0..<50).map { Self.text($0, String(repeating: "é", count: $0 * 37)) }
            for text in texts {
                try await test.publish(text, to: "kept:1")
                let received = try follower.take(try await client.publication())
                #expect(try JSON(parsing: received) == .text(text))
            }
        }
    }

    @Test("without history there is no delta")
    func withoutHistory() async throws {
        try await serveCentrifuge { test in
            let client = try await test.connected()
            #expect(try await client.result(#""subscribe":{"channel":"room","delta":"fossil"}"#) == [:])
            try await test.publish("whole", to: "room")
            #expect(try await client.push() == ["channel": "room", "pub": ["data": "whole"]])
        }
    }
}
