import Chorus

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A poll in which clients vote by calling a procedure, with any SDK of the Centrifuge protocol. In Python:
///
///     client = Client("ws://127.0.0.1:8000/connection/websocket")
///     await client.connect()
///     await client.rpc("vote", {"colour": "green"})    # {"count": 1}
///     await client.rpc("result", {})                   # {"red": 0, "green": 1, "blue": 0}
///
/// Who subscribes to `votes` sees every vote; in `chat:…` people talk about them.
@main
struct Procedures {
    struct Vote: Codable {
        let colour: String
    }

    static func main() async throws {
        let votes = Namespace("votes", history: .last(100), publishers: .server)
        let chat = Namespace("chat", history: .last(50), presence: true)
        let hub = Hub(configuration: .init(namespaces: [votes, chat]))
        let port = ProcessInfo.processInfo.environment["PORT"].flatMap(Int.init) ?? 8000
        let server = BroadcastServer(configuration: .init(port: port), hub: hub)
        let poll = Poll(colours: ["red", "green", "blue"])

        server.centrifuge()

        // any value that becomes JSON is an answer
        server.onRPC("result") { _ in await poll.counts }

        // clients cannot publish to the topic themselves, so that every vote there was counted
        server.onRPC("vote") { request in
            guard let vote = try? JSONDecoder().decode(Vote.self, from: Data(request.text.utf8)) else {
                throw Refusal(status: 400, #"A vote is {"colour": "green"}."#)
            }
            let count = try await poll.count(vote)
            try await hub.publish(vote, to: TopicName("votes"))
            return ["count": count]
        }

        try await server.run()
    }
}

/// How many votes every colour has.
actor Poll {
    private(set) var counts: [String: Int]

    init(colours: [String]) {
        counts = Dictionary(uniqueKeysWithValues: colours.map { ($0, 0) })
    }

    func count(_ vote: Procedures.Vote) throws -> Int {
        guard let count = counts[vote.colour] else {
            throw Refusal(status: 409, "The colours are \(counts.keys.sorted().joined(separator: ", ")).")
        }
        counts[vote.colour] = count + 1
        return count + 1
    }
}
