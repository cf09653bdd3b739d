import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import ClientSupport
import Dispatch
import Testing

@Suite("The HTTP API: overload")
struct APIOverloadTests {
    @Test(
        "while an event loop takes nothing from a topic, publishing there is 503 with Retry-After; elsewhere it goes on"
    )
    func overloaded() async throws {
        let hub = Hub(configuration: .init(namespaces: [Namespace("busy", window: Window(messages: 4))]))
        let blocked = Notes<Void>()
        let block = DispatchSemaphore(value: 0)
        try await serveAPI(
            hub: hub,
            configure: { $0.eventLoops = 2 },
            routes: { server in
                server.relayTopics()
                // an event loop that does nothing else for a while
                server.onMessage("/block") { _, _ in
                    blocked.note(())
                    _ = block.wait(timeout: .now() + 30)
                }
            }
        ) { test, _ in
            // one after the other, connections are on the one loop and on the other
            let readers = try await test.clients(4, "/ws/busy:1")
            let blocker = try await test.client("/block")
            var all: [APIClient] = []
            for _ in 0..<8 { all.append(try await test.api()) }
            try await blocker.send("now")
            _ = try await blocked.next()
            defer { block.signal() }
            let free = try await Self.thoseThatAnswer(all, 3)
            for number in 0..<4 { try await test.publish("\(number)", to: "busy:1") }

            async let plain = free[0].ask("publish", #"{"channel":"busy:1","data":"no"}"#)
            async let bare = free[1].ask("publish", #"{"channel":"busy:1","data":"no"}"#, headers: APIClient.transport)
            async let mixed = free[2].ask("broadcast", #"{"channels":["busy:1","free"],"data":"no"}"#)
            let answer = try await plain
            #expect(answer.status == 503)
            #expect(answer.http.header("Retry-After") == "1")
            #expect(answer.code == 100)
            #expect(answer.message.hasPrefix("overloaded"))
            let other = try await bare
            #expect(other.status == 503)
            #expect(other.http.header("Retry-After") == "1")
            #expect(other.json == answer.error)
            // what is a part of a larger request is told there
            let responses = try #require(try await mixed.result?["responses"]).elements
            #expect(responses == [["error": answer.error ?? .null], ["result": [:]]])

            block.signal()
            for reader in readers { try await reader.expect((0..<4).map { "\($0)" }) }
            try await free[0].result("publish", #"{"channel":"busy:1","data":"again"}"#)
            for reader in readers { try await reader.expect("again") }
        }
    }

    /// Those among the clients that are on an event loop that is not blocked.
    private static func thoseThatAnswer(_ clients: [APIClient], _ count: Int) async throws -> [APIClient] {
        let answers = Notes<APIClient>()
        for client in clients {
            Task {
                if let answer = try? await client.ask("info", verb: "GET"), answer.status == 405 {
                    answers.note(client)
                }
            }
        }
        return try await answers.next(count)
    }
}
