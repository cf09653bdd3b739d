import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import ClientSupport
import NIOCore
import Testing

@Suite("Centrifuge: more commands than may be")
struct CentrifugeFloodTests {
    @Test("a client may send so many at once, then so many a second; refusals are counted apart")
    func budget() {
        var budget = CommandBudget()
        let start = NIODeadline.uptimeNanoseconds(7_000_000_000)
        func spend(_ count: Int, after time: TimeAmount) -> [CommandBudget.Verdict] {
            (0..<count).map { _ in budget.spend(at: start + time, rate: 10, burst: 3) }
        }
        #expect(spend(4, after: .zero) == [.within, .within, .within, .beyond])
        #expect(spend(1, after: .milliseconds(99)) == [.beyond])
        // one has come back, and none of it was spent on what was refused
        #expect(spend(2, after: .milliseconds(100)) == [.within, .beyond])
        // two of three refusals have been forgiven
        #expect(spend(4, after: .milliseconds(200)) == [.within, .beyond, .beyond, .farBeyond])
        // never more than the burst, however long it was quiet
        #expect(spend(4, after: .hours(1)) == [.within, .within, .within, .beyond])
    }

    @Test("at twice the rate commands are refused, and the client stays")
    func steady() {
        var budget = CommandBudget()
        var verdicts: [CommandBudget.Verdict] = []
        for step in 0..<2_000 {
            let now = NIODeadline.uptimeNanoseconds(UInt64(step) * 50_000_000)
            verdicts.append(budget.spend(at: now, rate: 10, burst: 5))
        }
        #expect(!verdicts.contains(.farBeyond))
        #expect(verdicts.count { $0 == .within } >= 1_000)
        #expect(verdicts.count { $0 == .beyond } >= 990)
    }

    @Test(
        "what is too much is refused with 111 and not carried out; who goes on is closed with 3013, and nobody else notices"
    )
    func flood() async throws {
        let options = BroadcastServer.CentrifugeOptions(
            topicsPerConnection: 20,
            commandsPerFrame: 21,
            commandRate: 1,
            commandBurst: 21
        )
        try await serveCentrifuge(Namespace("kept", history: .last(1_000)), options: options) { test in
            let other = try await test.connected()
            _ = try await other.result(#""subscribe":{"channel":"kept:room"}"#)
            let client = try await test.connected()
            let publish = #"{"id":9,"publish":{"channel":"kept:room","data":1}}"#
            let frame = Array(repeating: publish, count: 21).joined(separator: "\n")
            var (accepted, refused) = (0, 0)
            func count(_ reply: JSON) {
                if reply["publish"] != nil { accepted += 1 } else if reply["error"]?["code"] == 111 { refused += 1 }
            }
            try await client.socket.send(frame)
            for _ in 0..<21 { count(try await client.reply(9)) }
            // connecting was the first command
            #expect(accepted == 20 && refused == 1)
            // as many may be refused; a slow machine has time to bring some of both back
            for _ in 0..<10 { try? await client.socket.send(frame) }
            while let reply = try? await client.reply(9) { count(reply) }
            try await client.expectClose(3013)
            #expect(refused >= 21)
            for _ in 0..<accepted { #expect(try await other.publication()["pub"]?["data"] == 1) }
            let history = try await other.result(#""history":{"channel":"kept:room","limit":0}"#)
            #expect(history["offset"]?.int == accepted)
        }
    }

    @Test("what has no answer closes at once")
    func send() async throws {
        try await serveCentrifuge(
            options: .init(topicsPerConnection: 1, commandsPerFrame: 2, commandRate: 1, commandBurst: 2),
            routes: { $0.onSend { _ in } }
        ) { test in
            let client = try await test.connected()
            for _ in 0..<9 { try? await client.socket.send(#"{"send":{"data":1}}"#) }
            try await client.expectClose(3013)
        }
    }
}
